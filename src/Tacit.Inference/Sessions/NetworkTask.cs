using Tacit.Graphs;

namespace Tacit.Inference.Sessions;

/// <summary>What a network's output N x D means.</summary>
public enum NetworkTask
{
    /// <summary>Logits of D classes.</summary>
    Classifier,

    /// <summary>D features, which others compare or learn from.</summary>
    Encoder,
}

/// <summary>Tells a network's task from what its file says.</summary>
public static class NetworkTaskDetection
{
    private const string EncoderKeys = "tacit.encoder.";
    private const string EncoderOutput = "features";

    /// <summary>
    /// An encoder names no classes in its metadata, and either its first output is called "features" or its metadata says how it
    /// was pretrained ("tacit.encoder.…"). All else is a classifier.
    /// </summary>
    /// <param name="metadata">The metadata properties of the file.</param>
    /// <param name="outputs">Its outputs.</param>
    public static NetworkTask Of(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Value> outputs)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(outputs);
        return
            !metadata.ContainsKey(ImageClassifier.ClassesKey)
            && (
                (outputs.Count > 0 && outputs[0].Name == EncoderOutput)
                || metadata.Keys.Any(key => key.StartsWith(EncoderKeys, StringComparison.Ordinal))
            )
            ? NetworkTask.Encoder
            : NetworkTask.Classifier;
    }

    /// <summary>The task of a network.</summary>
    /// <inheritdoc cref="Of(IReadOnlyDictionary{string, string}, IReadOnlyList{Value})"/>
    public static NetworkTask Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Of(model.Metadata, model.Graph.Outputs);
    }
}
