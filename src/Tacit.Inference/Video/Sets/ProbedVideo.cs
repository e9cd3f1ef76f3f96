using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Sets;

/// <summary>The result of probing a video of a set.</summary>
/// <param name="Item">The video.</param>
/// <param name="Info">The properties of the file; null if it cannot be read.</param>
/// <param name="Reason">Why the file cannot be read, on one line; null if it can.</param>
internal sealed record ProbedVideo(VideoItem Item, VideoInfo? Info, string? Reason)
{
    /// <summary>Whether the file has no bytes or no frames.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Probes videos in parallel, except those whose results are known.</summary>
    /// <param name="items">The videos.</param>
    /// <param name="ffmpeg">How ffprobe is run.</param>
    /// <param name="parallelism">The number of videos probed at a time.</param>
    /// <param name="done">
    /// Called after each video with its result and the number of videos done. It may be called by several threads at a time.
    /// </param>
    /// <param name="known">The results of earlier runs; new results are added.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The results in the order of <paramref name="items"/>.</returns>
    public static async Task<ImmutableArray<ProbedVideo>> ProbeAsync(
        IReadOnlyList<VideoItem> items,
        FfmpegOptions ffmpeg,
        int parallelism,
        Action<ProbedVideo, int> done,
        VideoProbes known,
        CancellationToken cancellation
    )
    {
        var probe = new VideoProbe(ffmpeg);
        var probed = new ProbedVideo[items.Count];
        var count = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel
            .ForAsync(
                0,
                items.Count,
                parallel,
                async (index, token) =>
                {
                    probed[index] = known.Find(items[index]) ?? await ProbeAsync(probe, items[index], known, token).ConfigureAwait(false);
                    done(probed[index], Interlocked.Increment(ref count));
                }
            )
            .ConfigureAwait(false);
        return [.. probed];
    }

    private static async Task<ProbedVideo> ProbeAsync(VideoProbe probe, VideoItem item, VideoProbes known, CancellationToken cancellation)
    {
        var file = ProbedFile.Of(item);
        var video = await ProbeAsync(probe, item, cancellation).ConfigureAwait(false);
        known.Add(file, video);
        return video;
    }

    private static async Task<ProbedVideo> ProbeAsync(VideoProbe probe, VideoItem item, CancellationToken cancellation)
    {
        try
        {
            return new ProbedVideo(item, await probe.RunAsync(item.Path, cancellation).ConfigureAwait(false), null);
        }
        catch (InvalidVideoException exception)
        {
            return new ProbedVideo(item, null, ReasonOf(exception, item)) { IsEmpty = exception.IsEmpty };
        }
    }

    /// <summary>The message of an exception without the path of the video, which the name of the video replaces.</summary>
    public static string ReasonOf(InvalidVideoException exception, VideoItem item)
    {
        var prefix = $"{OneLine.Of(Path.GetFullPath(item.Path))}: ";
        return exception.Message.StartsWith(prefix, StringComparison.Ordinal) ? exception.Message[prefix.Length..] : exception.Message;
    }
}
