using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Clips;

/// <summary>Computes features of videos with a network that computes a vector for a clip, (N, 3, T, H, W) to (N, D).</summary>
/// <remarks>
/// The features of a video are the mean over evenly spaced clips. The encoder does not own the session. It is safe for concurrent use by
/// several threads.
/// </remarks>
/// <example><code>
/// using var session = OnnxSession.Open("encoder.onnx");
/// float[] features = await new VideoEncoder(session).EncodeAsync("clip.mp4");   // D
/// </code></example>
public sealed class VideoEncoder
{
    private readonly ClipNetwork _network;

    /// <summary>Creates an encoder that uses a session.</summary>
    /// <param name="session">The network. Its first output is the features.</param>
    /// <param name="preprocessing">The preprocessing of clips; null for that of the file.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take clips, its output is not a vector, or it is a classifier; or the preprocessing is neither given nor stated
    /// in the file, or does not match the input.
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

    /// <summary>The preprocessing of clips.</summary>
    public ClipPreprocessing Preprocessing => _network.Preprocessing;

    /// <summary>Computes the features of all videos of a store, in its order.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="options">The number of clips and how they are averaged; null for the defaults.</param>
    /// <param name="progress">Receives the progress after each video.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <exception cref="InvalidVideoException">A video cannot be read.</exception>
    /// <exception cref="InvalidDatasetException">There are no videos.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its features are not finite.</exception>
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

    /// <summary>Computes the features of a video file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">The number of clips and how they are averaged; null for the defaults.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <returns>The features, D values.</returns>
    /// <exception cref="InvalidVideoException">The file cannot be read.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its features are not finite.</exception>
    public Task<float[]> EncodeAsync(string path, VideoEncodingOptions? options = null, CancellationToken cancellation = default) =>
        _network.RunAsync(path, options ?? new VideoEncodingOptions(), cancellation);

    /// <summary>Computes the features of many video files.</summary>
    /// <inheritdoc cref="EncodeAsync(IAsyncEnumerable{string}, VideoEncodingOptions?, CancellationToken)"/>
    public IAsyncEnumerable<FileResult<float[]>> EncodeAsync(
        IEnumerable<string> paths,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    ) => EncodeAsync(paths.ToAsyncEnumerable(), options, cancellation);

    /// <summary>Computes the features of many video files.</summary>
    /// <remarks>
    /// Each result is returned as soon as it is computed, while the next videos are read. Only a few batches of clips are in memory at a
    /// time.
    /// </remarks>
    /// <param name="paths">The files.</param>
    /// <param name="options">The number of clips and how they are averaged; null for the defaults.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>
    /// D values for each file, in order. The result of a file that cannot be read has an <see cref="FileResult{T}.Error"/>.
    /// </returns>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its output is not finite.</exception>
    public IAsyncEnumerable<FileResult<float[]>> EncodeAsync(
        IAsyncEnumerable<string> paths,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    ) => _network.RunAsync(paths, options ?? new VideoEncodingOptions(), cancellation);
}
