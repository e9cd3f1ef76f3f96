using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;

namespace Tacit.Inference.Sessions;

/// <summary>Classifies images with a network that computes a score for each class.</summary>
/// <remarks>
/// The output of the network, (N, classes), holds logits or probabilities. The classifier does not own the session. It is safe for
/// concurrent use by several threads.
/// </remarks>
/// <example><code>
/// using var session = OnnxSession.Open("small.onnx");
/// var best = new ImageClassifier(session).Classify("cat.jpg")[0];   // Prediction { Index = 3, Label = cat, Probability = 0.97 }
/// </code></example>
public sealed class ImageClassifier
{
    private readonly OnnxSession _session;
    private readonly Preprocessor _preprocessor;
    private readonly ClassScores _classes;

    /// <summary>Creates a classifier that uses a session.</summary>
    /// <param name="session">The network.</param>
    /// <param name="preprocessing">The preprocessing of images; null for that of the file.</param>
    /// <param name="labels">The names of the classes; null for those of the file, which may be unknown.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take images, or the preprocessing is neither given nor stated in the file.
    /// </exception>
    public ImageClassifier(OnnxSession session, Preprocessing? preprocessing = null, IReadOnlyList<string>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
        _preprocessor = new Preprocessor(session.Contract.ResolveImages(preprocessing));
        _classes = new ClassScores(labels is null ? session.Contract.Classes : [.. labels]);
    }

    /// <summary>The preprocessing of images.</summary>
    public Preprocessing Preprocessing => _preprocessor.Preprocessing;

    /// <summary>The names of the classes; empty if they are unknown.</summary>
    public ImmutableArray<string> Labels => _classes.Labels;

    /// <summary>Returns the most likely classes of an image file, the most likely first.</summary>
    /// <param name="path">A JPEG, PNG, BMP or WebP file.</param>
    /// <param name="count">The largest number of classes. Default 5.</param>
    /// <exception cref="InvalidFileException">The file is not an image of these formats.</exception>
    public IReadOnlyList<Prediction> Classify(string path, int count = 5) => Classify(ImageDecoder.Read(path), count);

    /// <summary>Returns the most likely classes of an image, the most likely first.</summary>
    /// <param name="image">The image.</param>
    /// <param name="count">The largest number of classes. Default 5.</param>
    public IReadOnlyList<Prediction> Classify(RgbImage image, int count = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return _classes.Best(_session.Run(Prepare(image), Preprocessing.Sizes(1)), count);
    }

    /// <summary>Returns the most likely classes of many image files, which are run in batches.</summary>
    /// <inheritdoc cref="ClassifyAsync(IAsyncEnumerable{string}, int, int, CancellationToken)"/>
    public IAsyncEnumerable<FileResult<IReadOnlyList<Prediction>>> ClassifyAsync(
        IEnumerable<string> paths,
        int count = 5,
        int batch = 32,
        CancellationToken cancellation = default
    ) => ClassifyAsync(paths.ToAsyncEnumerable(), count, batch, cancellation);

    /// <summary>Returns the most likely classes of many image files, which are run in batches.</summary>
    /// <remarks>
    /// The next batch is decoded while one is run, so at most two are in memory. A batch is run when it is full, or when the files end.
    /// </remarks>
    /// <param name="paths">JPEG, PNG, BMP or WebP files.</param>
    /// <param name="count">The largest number of classes.</param>
    /// <param name="batch">The number of images in a batch. Default 32.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>
    /// A result for each file, in order. For a file that is not such an image, it has an <see cref="FileResult{T}.Error"/>.
    /// </returns>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the images.</exception>
    public IAsyncEnumerable<FileResult<IReadOnlyList<Prediction>>> ClassifyAsync(
        IAsyncEnumerable<string> paths,
        int count = 5,
        int batch = 32,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        return RunAsync(paths, count, batch, cancellation);
    }

    private async IAsyncEnumerable<FileResult<IReadOnlyList<Prediction>>> RunAsync(
        IAsyncEnumerable<string> paths,
        int count,
        int batch,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await foreach (var images in paths.SelectAhead(batch, ReadAsync, cancellation).Chunk(batch).ConfigureAwait(false))
        {
            float[][] tensors = [.. images.Where(image => image.Error is null).Select(image => image.Value)];
            float[] scores =
                tensors.Length == 0
                    ? []
                    : _session.Run(tensors.SelectMany(tensor => tensor).ToArray(), Preprocessing.Sizes(tensors.Length));
            var rows = new Queue<float[]>(scores.Chunk(Math.Max(1, scores.Length / Math.Max(1, tensors.Length))));
            foreach (var image in images)
            {
                yield return image.Error is { } error
                    ? new FileResult<IReadOnlyList<Prediction>>(image.Path, error)
                    : new FileResult<IReadOnlyList<Prediction>>(image.Path, _classes.Best(rows.Dequeue(), count));
            }
        }
    }

    private async Task<FileResult<float[]>> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return new FileResult<float[]>(path, Prepare(await ImageDecoder.ReadAsync(path, cancellation).ConfigureAwait(false)));
        }
        catch (InvalidFileException exception)
        {
            return new FileResult<float[]>(path, exception);
        }
    }

    private float[] Prepare(RgbImage image)
    {
        var tensor = new float[Preprocessing.ElementCount];
        _preprocessor.Fill(image, tensor);
        return tensor;
    }
}
