using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference.Images;

namespace Tacit.Inference.Sessions;

/// <summary>What a classifier makes of an image.</summary>
/// <param name="Index">The index of the class.</param>
/// <param name="Label">Its name, or its index as text where the names are not known.</param>
/// <param name="Probability">From 0 to 1; those of all classes add up to 1.</param>
public sealed record Prediction(int Index, string Label, float Probability);

/// <summary>Says what is in an image, by a network that gives a score for each class.</summary>
/// <remarks>The network gives logits or probabilities, N x classes. Does not own the session. May be used by many threads at once.</remarks>
/// <example><code>
/// using var session = OnnxSession.Open("small.onnx");
/// var best = new ImageClassifier(session).Classify("cat.jpg")[0];   // Prediction { Index = 3, Label = cat, Probability = 0.97 }
/// </code></example>
public sealed class ImageClassifier
{
    /// <summary>The metadata property that holds the names of the classes, as a JSON array of strings.</summary>
    public const string ClassesKey = "tacit.classes";

    private const float SumTolerance = 1e-3f;

    private readonly OnnxSession _session;
    private readonly Preprocessor _preprocessor;

    /// <summary>A classifier on a session.</summary>
    /// <param name="session">The network.</param>
    /// <param name="preprocessing">How images are prepared; null to take it from the file's metadata.</param>
    /// <param name="labels">The names of the classes; null to take them from the file's metadata, where it has them.</param>
    /// <exception cref="UnsuitableModelException">The network does not take images, or preprocessing is neither given nor in its metadata.</exception>
    public ImageClassifier(OnnxSession session, Preprocessing? preprocessing = null, IReadOnlyList<string>? labels = null)
    {
        _session = session;
        _preprocessor = new Preprocessor(ImageInput.Resolve(session, preprocessing));
        Labels = labels is null ? ClassesOf(session) : [.. labels];
    }

    /// <summary>How images are prepared.</summary>
    public Preprocessing Preprocessing => _preprocessor.Preprocessing;

    /// <summary>The names of the classes; empty where they are not known.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>The names of the classes that a file's metadata gives; empty where it gives none.</summary>
    /// <exception cref="UnsuitableModelException">The metadata is there but is no JSON array of strings.</exception>
    public static ImmutableArray<string> ClassesOf(OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        try
        {
            return session.Metadata.TryGetValue(ClassesKey, out var json) ? [.. JsonSerializer.Deserialize<string[]>(json) ?? []] : [];
        }
        catch (JsonException exception)
        {
            throw new UnsuitableModelException($"{session.Name}: the metadata {ClassesKey} is no JSON array of strings", exception) { Path = session.Name };
        }
    }

    /// <summary>The most likely classes of an image file, best first.</summary>
    /// <param name="path">A JPEG, PNG, BMP or WebP file.</param>
    /// <param name="count">How many classes to give at most.</param>
    /// <exception cref="InvalidFileException">The file is no such image.</exception>
    public IReadOnlyList<Prediction> Classify(string path, int count = 5) => Classify(ImageDecoder.Read(path), count);

    /// <summary>The most likely classes of an image, best first.</summary>
    public IReadOnlyList<Prediction> Classify(RgbImage image, int count = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var tensor = new float[Preprocessing.ElementCount];
        _preprocessor.Fill(image, tensor);
        var probabilities = Probabilities(_session.Run(tensor, Preprocessing.Sizes(1)));
        return [.. probabilities
            .Select((probability, index) => new Prediction(index, Label(index), probability))
            .OrderByDescending(prediction => prediction.Probability).ThenBy(prediction => prediction.Index)
            .Take(count)];
    }

    private string Label(int index) => index < Labels.Length ? Labels[index] : index.ToString(CultureInfo.InvariantCulture);

    // Scores that are probabilities already stay as they are; others go through softmax.
    private static float[] Probabilities(float[] scores)
    {
        if (scores.All(score => score is >= 0 and <= 1) && Math.Abs(scores.Sum() - 1) <= SumTolerance)
        {
            return scores;
        }

        var max = scores.Max();
        var exponentials = scores.Select(score => MathF.Exp(score - max)).ToArray();
        var sum = exponentials.Sum();
        return [.. exponentials.Select(exponential => exponential / sum)];
    }
}
