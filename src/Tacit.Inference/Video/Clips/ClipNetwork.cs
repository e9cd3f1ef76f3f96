using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Clips;

/// <summary>A video whose frames can be read by index.</summary>
/// <param name="Video">The name, size and number of frames.</param>
/// <param name="ReadAsync">Reads the frames with the given indices, from 0.</param>
internal sealed record ReadableVideo(StoredVideo Video, Func<ReadOnlyMemory<int>, CancellationToken, ValueTask<VideoFrames>> ReadAsync);

/// <summary>Runs a network that computes a vector for a clip, and averages the vectors of evenly spaced clips of a video.</summary>
/// <remarks>Clips are read and prepared ahead of the network and run in batches, which may contain clips of several videos.</remarks>
internal sealed class ClipNetwork
{
    private readonly OnnxSession _session;
    private readonly ClipPreprocessor _preprocessor;
    private readonly string _vector;

    /// <summary>Prepares a network.</summary>
    /// <param name="session">The network. Its first output is (N, D).</param>
    /// <param name="preprocessing">The preprocessing of clips; null for that of the file.</param>
    /// <param name="vector">The name of the vectors in messages, such as "features".</param>
    public ClipNetwork(OnnxSession session, ClipPreprocessing? preprocessing, string vector)
    {
        (_session, _vector) = (session, vector);
        _preprocessor = new ClipPreprocessor(session.Contract.ResolveClips(preprocessing));
        VectorLength = session.Contract.RequireVectors(vector).Length;
    }

    public ClipPreprocessing Preprocessing => _preprocessor.Preprocessing;

    /// <summary>The length D of the vectors; null if it is variable.</summary>
    public int? VectorLength { get; }

    /// <summary>
    /// Returns how the frames of files are decoded: as in a cache, so that a file gives the same result as part of a set.
    /// </summary>
    public VideoCacheOptions FramesOf(VideoEncodingOptions options) =>
        new VideoCacheOptions { Ffmpeg = options.Ffmpeg }.For(Preprocessing.Size);

    /// <summary>Returns the vectors of all videos of a store, in its order.</summary>
    public async Task<VideoFeatures> RunAsync(
        IFrameStore store,
        VideoEncodingOptions options,
        IProgress<VideoEncodingProgress>? progress,
        CancellationToken cancellation
    )
    {
        var count = store.Videos.Length;
        var videos = store.Videos.Select(
            (video, index) =>
                new FileResult<ReadableVideo>(
                    video.Name,
                    new ReadableVideo(video, (frames, token) => store.ReadAsync(index, frames, token))
                )
        );
        var (means, done) = (new List<float>(), 0);
        await foreach (var mean in RunAsync(videos.ToAsyncEnumerable(), options, cancellation).ConfigureAwait(false))
        {
            means.AddRange(mean.Value);
            progress?.Report(new VideoEncodingProgress(++done, count));
        }

        return new VideoFeatures(store.Videos, [.. means]);
    }

    /// <summary>Returns the vector of one file.</summary>
    public async Task<float[]> RunAsync(string path, VideoEncodingOptions options, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] paths = [path];
        return (await RunAsync(paths.ToAsyncEnumerable(), options, cancellation).FirstAsync(cancellation).ConfigureAwait(false)).Value;
    }

    /// <summary>Returns the vectors of many files, in their order.</summary>
    public IAsyncEnumerable<FileResult<float[]>> RunAsync(
        IAsyncEnumerable<string> paths,
        VideoEncodingOptions options,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(paths);
        var (probe, frames) = (new VideoProbe(options.Ffmpeg), new LiveFrames(FramesOf(options)));
        return RunAsync(paths.SelectAhead(options.Readers, OpenAsync, cancellation), options, cancellation);

        async Task<FileResult<ReadableVideo>> OpenAsync(string path, CancellationToken token)
        {
            try
            {
                var info = await probe.RunAsync(path, token).ConfigureAwait(false);
                var video = frames.Describe(new VideoItem(path, path), info);
                return new FileResult<ReadableVideo>(
                    path,
                    new ReadableVideo(video, (numbers, stop) => frames.ReadAsync(info, numbers, stop))
                );
            }
            catch (InvalidVideoException exception)
            {
                return new FileResult<ReadableVideo>(path, exception);
            }
        }
    }

    /// <summary>Returns the vector of one clip, (3, T, S, S), prepared by <see cref="Prepare"/>.</summary>
    public float[] Run(float[] clip, string video) => Run(clip, 1, video);

    /// <summary>Converts the frames of consecutive clips to a tensor, (clips, 3, T, S, S).</summary>
    public float[] Prepare(VideoFrames frames) => _preprocessor.Prepare(frames);

    private async IAsyncEnumerable<FileResult<float[]>> RunAsync(
        IAsyncEnumerable<FileResult<ReadableVideo>> videos,
        VideoEncodingOptions options,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        int? dimension = null;
        double[] sum = [];
        ContentException? error = null;
        await foreach (
            var (part, tensor, problem) in Plan(videos, options, cancellation)
                .SelectAhead(options.Readers, ReadAsync, cancellation)
                .ConfigureAwait(false)
        )
        {
            error ??= problem;
            if (error is null)
            {
                var rows = Run(tensor, part.Clips.Length, part.Video.Path); // clips x D
                dimension ??= rows.Length / part.Clips.Length;
                if (rows.Length != dimension * part.Clips.Length)
                {
                    throw Misshapen(rows.Length, part.Clips.Length, part.Video.Path);
                }

                sum = sum.Length == 0 ? new double[dimension.Value] : sum;
                Add(sum, rows, part.ClipsOfVideo, options.NormalizeClips);
            }

            if (part.IsLast)
            {
                yield return error is null
                    ? new FileResult<float[]>(part.Video.Path, [.. sum.Select(value => (float)value)])
                    : new FileResult<float[]>(part.Video.Path, error);
                (sum, error) = ([], null);
            }
        }
    }

    private async IAsyncEnumerable<Part> Plan(
        IAsyncEnumerable<FileResult<ReadableVideo>> videos,
        VideoEncodingOptions options,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await foreach (var video in videos.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (video.Error is not null)
            {
                yield return new Part(video, [], 0, IsLast: true);
                continue;
            }

            var clips = TestClips.Of(video.Value.Video.Frames, Preprocessing, options.Clips ?? Preprocessing.TestClips);
            for (var start = 0; start < clips.Length; start += options.Batch)
            {
                var count = Math.Min(options.Batch, clips.Length - start);
                yield return new Part(video, [.. clips.Skip(start).Take(count)], clips.Length, start + count == clips.Length);
            }
        }
    }

    private async Task<Batch> ReadAsync(Part part, CancellationToken cancellation)
    {
        try
        {
            var frames = await part
                .Video.Value.ReadAsync(part.Clips.SelectMany(clip => clip).ToArray(), cancellation)
                .ConfigureAwait(false);
            return new Batch(part, Prepare(frames), null);
        }
        catch (InvalidVideoException exception)
        {
            return new Batch(part, [], exception);
        }
    }

    private float[] Run(float[] tensor, int count, string video)
    {
        var size = Preprocessing.Size;
        var vectors = _session.Run(tensor, count, 3, Preprocessing.Frames, size, size); // count x D
        return vectors.Length == 0 || vectors.Length % count != 0 ? throw Misshapen(vectors.Length, count, video)
            : vectors.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)
                ? throw _session.Contract.Unsuitable($"gives {_vector} that are not finite for {video}")
            : vectors;
    }

    // Adds the vectors of clips to the mean of their video.
    private static void Add(double[] sum, float[] rows, int clips, bool normalize)
    {
        for (var start = 0; start < rows.Length; start += sum.Length)
        {
            var row = rows.AsSpan(start, sum.Length);
            var length = normalize ? Math.Max(Length(row), double.Epsilon) : 1;
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += row[i] / length / clips;
            }
        }
    }

    private static double Length(ReadOnlySpan<float> row)
    {
        var square = 0.0;
        foreach (var value in row)
        {
            square += (double)value * value;
        }

        return Math.Sqrt(square);
    }

    private UnsuitableModelException Misshapen(int numbers, int clips, string video) =>
        _session.Contract.Unsuitable(
            $"gives {numbers} numbers for {clips} clips of {video}; it must give the same number of {_vector} for each clip"
        );

    // Clips of one video that are run in the same batch.
    private sealed record Part(FileResult<ReadableVideo> Video, ImmutableArray<ImmutableArray<int>> Clips, int ClipsOfVideo, bool IsLast);

    private sealed record Batch(Part Part, float[] Tensor, InvalidVideoException? Error);
}
