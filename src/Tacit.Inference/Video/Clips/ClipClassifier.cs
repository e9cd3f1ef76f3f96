using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Clips;

/// <summary>The prediction for one clip of a video.</summary>
/// <param name="Start">The time of the first frame, from the start of the video.</param>
/// <param name="Predictions">The most likely classes, the most likely first.</param>
public sealed record ClipPrediction(TimeSpan Start, IReadOnlyList<Prediction> Predictions);

/// <summary>Classifies videos with a network that computes a score for each class of a clip, (N, 3, T, H, W) to (N, classes).</summary>
/// <remarks>
/// The scores of a video are the mean over evenly spaced clips. They are logits or probabilities. The classifier does not own the session.
/// It is safe for concurrent use by several threads.
/// </remarks>
/// <example><code>
/// using var session = OnnxSession.Open("classifier.onnx");
/// var best = (await new ClipClassifier(session).ClassifyAsync("clip.mp4"))[0];   // Prediction { Index = 7, Label = Biking, Probability = 0.91 }
/// </code></example>
public sealed class ClipClassifier
{
    private readonly ClipNetwork _network;
    private readonly ClassScores _classes;

    /// <summary>Creates a classifier that uses a session.</summary>
    /// <param name="session">The network. Its first output is the scores.</param>
    /// <param name="preprocessing">The preprocessing of clips; null for that of the file.</param>
    /// <param name="labels">The names of the classes; null for those of the file, which may be unknown.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take clips, its output is not a vector, it is an encoder, or the number of names differs from that of its
    /// outputs; or the preprocessing is neither given nor stated in the file, or does not match the input.
    /// </exception>
    public ClipClassifier(OnnxSession session, ClipPreprocessing? preprocessing = null, IReadOnlyList<string>? labels = null)
    {
        _network = new ClipNetwork(session, preprocessing, "scores");
        var contract = session.Contract;
        _classes = new ClassScores(labels is null ? contract.Classes : [.. labels]);
        if (Labels.IsEmpty && contract.Task == NetworkTask.Features)
        {
            throw contract.Unsuitable("is an encoder: it gives features, not scores of classes; fine-tune it to make it a classifier");
        }

        if (!Labels.IsEmpty && Classes is { } classes && classes != Labels.Length)
        {
            throw contract.Unsuitable($"gives {classes} scores, but {Labels.Length} classes are named");
        }
    }

    /// <summary>The preprocessing of clips.</summary>
    public ClipPreprocessing Preprocessing => _network.Preprocessing;

    /// <summary>The names of the classes; empty if they are unknown.</summary>
    public ImmutableArray<string> Labels => _classes.Labels;

    /// <summary>The number of scores of a clip; null if the file does not state it.</summary>
    public int? Classes => _network.VectorLength;

    /// <summary>Computes the scores of all videos of a store, each the mean over its clips.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="options">The number of clips and their batches; null for the defaults.</param>
    /// <param name="progress">Receives the progress after each video.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <returns>The scores, (videos, classes), in the order of the store.</returns>
    /// <exception cref="ArgumentException">The options scale clips to length 1, which is for features.</exception>
    /// <exception cref="InvalidVideoException">A video cannot be read.</exception>
    /// <exception cref="InvalidDatasetException">There are no videos.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its scores are not finite.</exception>
    public Task<VideoFeatures> ScoresAsync(
        IFrameStore store,
        VideoEncodingOptions? options = null,
        IProgress<VideoEncodingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.Videos.IsEmpty
            ? throw new InvalidDatasetException("there are no videos to classify")
            : _network.RunAsync(store, Checked(options), progress, cancellation);
    }

    /// <summary>Returns the most likely classes of a video file, the most likely first.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="count">The largest number of classes. Default 5.</param>
    /// <param name="options">The number of clips and their batches; null for the defaults.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <exception cref="ArgumentException">The options scale clips to length 1, which is for features.</exception>
    /// <exception cref="InvalidVideoException">The file cannot be read.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its scores are not finite.</exception>
    public async Task<IReadOnlyList<Prediction>> ClassifyAsync(
        string path,
        int count = 5,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return _classes.Best(await _network.RunAsync(path, Checked(options), cancellation).ConfigureAwait(false), count);
    }

    /// <summary>Returns the most likely classes of many video files.</summary>
    /// <inheritdoc cref="ClassifyAsync(IAsyncEnumerable{string}, int, VideoEncodingOptions?, CancellationToken)"/>
    public IAsyncEnumerable<FileResult<IReadOnlyList<Prediction>>> ClassifyAsync(
        IEnumerable<string> paths,
        int count = 5,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    ) => ClassifyAsync(paths.ToAsyncEnumerable(), count, options, cancellation);

    /// <summary>Returns the most likely classes of many video files.</summary>
    /// <remarks>
    /// Each result is returned as soon as it is computed, while the next videos are read. Only a few batches of clips are in memory at a
    /// time.
    /// </remarks>
    /// <param name="paths">The files.</param>
    /// <param name="count">The largest number of classes.</param>
    /// <param name="options">The number of clips and their batches; null for the defaults.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>A result for each file, in order. For a file that cannot be read, it has an <see cref="FileResult{T}.Error"/>.</returns>
    /// <exception cref="ArgumentException">The options scale clips to length 1, which is for features.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its output is not finite.</exception>
    public IAsyncEnumerable<FileResult<IReadOnlyList<Prediction>>> ClassifyAsync(
        IAsyncEnumerable<string> paths,
        int count = 5,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return _network
            .RunAsync(paths, Checked(options), cancellation)
            .Select(file =>
                file.Error is { } error
                    ? new FileResult<IReadOnlyList<Prediction>>(file.Path, error)
                    : new FileResult<IReadOnlyList<Prediction>>(file.Path, _classes.Best(file.Value, count))
            );
    }

    /// <summary>Classifies a video clip by clip, for example to find when something happens.</summary>
    /// <remarks>
    /// Every frame is decoded once, in order, and only a few clips are in memory at a time, regardless of the length of the video. Each
    /// prediction is returned as soon as it is computed. A video that is shorter than a clip produces one (see <see cref="TestClips"/>).
    /// Frames after the last complete clip are not used.
    /// </remarks>
    /// <param name="path">The path of the file.</param>
    /// <param name="step">
    /// The time between the starts of consecutive clips, at least one frame; null (default) starts each clip where the last one ends.
    /// </param>
    /// <param name="count">The largest number of classes for each clip.</param>
    /// <param name="options">How far ahead clips are read, and how ffmpeg is run; null for the defaults.</param>
    /// <param name="cancellation">Cancels the enumeration.</param>
    /// <exception cref="InvalidVideoException">The file cannot be read, or not to its end.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or its scores are not finite.</exception>
    public IAsyncEnumerable<ClipPrediction> WatchAsync(
        string path,
        TimeSpan? step = null,
        int count = 5,
        VideoEncodingOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(step));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return GoThroughAsync(path, step, count, Checked(options), cancellation);
    }

    private async IAsyncEnumerable<ClipPrediction> GoThroughAsync(
        string path,
        TimeSpan? step,
        int count,
        VideoEncodingOptions options,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var video = await new VideoProbe(options.Ffmpeg).RunAsync(path, cancellation).ConfigureAwait(false);
        var clips = new SlidingClips(video, _network.FramesOf(options).SizeOf(video), Preprocessing, step);
        var prepared = clips
            .ReadAsync(new VideoReader(options.Ffmpeg), cancellation)
            .SelectAhead(options.Readers, (clip, _) => Task.FromResult((clip.Start, Tensor: _network.Prepare(clip.Frames))), cancellation);
        await foreach (var (start, tensor) in prepared.ConfigureAwait(false))
        {
            yield return new ClipPrediction(start, _classes.Best(_network.Run(tensor, path), count));
        }
    }

    private static VideoEncodingOptions Checked(VideoEncodingOptions? options) =>
        options is { NormalizeClips: true }
            ? throw new ArgumentException("clips are scaled to length 1 where they are features, not scores of classes", nameof(options))
            : options ?? new VideoEncodingOptions();
}
