using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Clips;

/// <summary>Turns videos into features, by a network that gives a vector for a clip: N x 3 x T x H x W to N x D.</summary>
/// <remarks>
/// A video's features are the mean of those of its clips, evenly spaced over it. Does not own the session. May be used by
/// several threads at once.
/// </remarks>
/// <example><code>
/// using var session = OnnxSession.Open("encoder.onnx");
/// float[] features = await new VideoEncoder(session).EncodeAsync("clip.mp4");   // D
/// </code></example>
public sealed class VideoEncoder
{
    private readonly ClipNetwork _network;

    /// <summary>An encoder on a session.</summary>
    /// <param name="session">The network. Its first output is the features.</param>
    /// <param name="preprocessing">How clips are prepared; null to take it from the file's metadata.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take clips, gives no vectors or is a classifier, or preprocessing is neither given nor in its metadata, or
    /// does not fit.
    /// </exception>
    public VideoEncoder(OnnxSession session, ClipPreprocessing? preprocessing = null)
    {
        _network = new ClipNetwork(session, preprocessing, "features");
        if (session.Contract.Metadata.Classes is not null)
        {
            throw session.Contract.Unsuitable(
                $"is a classifier: it gives scores of classes, not features; judge it with {nameof(ClipClassifier)}, or give the encoder that it was made from"
            );
        }
    }

    /// <summary>How clips are prepared.</summary>
    public ClipPreprocessing Preprocessing => _network.Preprocessing;

    /// <summary>The features of all videos of a store, in its order.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="options">How many clips, and how they are averaged; null for the defaults.</param>
    /// <param name="progress">Told after each video.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidVideoException">A video cannot be read.</exception>
    /// <exception cref="InvalidDatasetException">There are no videos.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or gives numbers that are not finite.</exception>
    public Task<VideoFeatures> EncodeAsync(
        IFrameStore store,
        VideoEncodingOptions? options = null,
        IProgress<VideoEncodingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.Videos.IsEmpty
            ? throw new InvalidDatasetException("there are no videos to encode")
            : _network.RunAsync(store, options ?? new VideoEncodingOptions(), progress, cancellation);
    }

    /// <summary>The features of a video file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How many clips, and how they are averaged; null for the defaults.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>D numbers.</returns>
    /// <exception cref="InvalidVideoException">The file cannot be read.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed; the message says how to get it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or gives numbers that are not finite.</exception>
    public Task<float[]> EncodeAsync(string path, VideoEncodingOptions? options = null, CancellationToken cancellation = default) =>
        _network.RunAsync(path, options ?? new VideoEncodingOptions(), cancellation);

    /// <summary>The features of each of many video files.</summary>
    /// <inheritdoc cref="EncodeAsync(IAsyncEnumerable{string}, VideoEncodingOptions?, CancellationToken)"/>
    public IAsyncEnumerable<FileResult<float[]>> EncodeAsync(
        IEnumerable<string> paths,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    ) => EncodeAsync(paths.ToAsyncEnumerable(), options, cancellation);

    /// <summary>The features of each of many video files.</summary>
    /// <remarks>A result comes as soon as it is known, while the next videos are read; no more than a few batches of clips are held.</remarks>
    /// <param name="paths">The files.</param>
    /// <param name="options">How many clips, and how they are averaged; null for the defaults.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>D numbers for each file, in order; the result of a file that cannot be read has an <see cref="FileResult{T}.Error"/>.</returns>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed; the message says how to get it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or gives numbers that are not finite.</exception>
    public IAsyncEnumerable<FileResult<float[]>> EncodeAsync(
        IAsyncEnumerable<string> paths,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    ) => _network.RunAsync(paths, options ?? new VideoEncodingOptions(), cancellation);
}
