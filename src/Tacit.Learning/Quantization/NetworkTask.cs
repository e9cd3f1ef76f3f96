using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Quantization;

/// <summary>What a network's output N x D means.</summary>
public enum NetworkTask
{
    /// <summary>Logits of D classes.</summary>
    Classifier,

    /// <summary>D features, which others compare or learn from.</summary>
    Encoder,
}

/// <summary>Tells a network's task from its file.</summary>
public static class NetworkTaskDetection
{
    private const string EncoderKeys = "tacit.encoder.";

    /// <summary>
    /// An encoder names no classes in its metadata, and either its output is called "features" or its metadata says how it was
    /// pretrained ("tacit.encoder.…"). All else is a classifier.
    /// </summary>
    public static NetworkTask Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return !model.Metadata.ContainsKey(ImageClassifier.ClassesKey)
            && (model.Graph.Outputs is [{ Name: "features" }] || model.Metadata.Keys.Any(key => key.StartsWith(EncoderKeys, StringComparison.Ordinal)))
            ? NetworkTask.Encoder
            : NetworkTask.Classifier;
    }
}
