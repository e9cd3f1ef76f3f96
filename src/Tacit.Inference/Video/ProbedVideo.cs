using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// A video of a set and what its file holds, or why that cannot be told.
internal sealed record ProbedVideo(VideoItem Item, VideoInfo? Info, string? Reason)
{
    public bool IsEmpty { get; init; }

    // Probes videos in parallel, those that are not known; the results are in the order of the items.
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
        if (new FileInfo(item.Path) is { Exists: true, Length: 0 })
        {
            return new ProbedVideo(item, null, "the file is empty") { IsEmpty = true };
        }

        try
        {
            return new ProbedVideo(item, await probe.RunAsync(item.Path, cancellation).ConfigureAwait(false), null);
        }
        catch (InvalidVideoException exception)
        {
            return new ProbedVideo(item, null, ReasonOf(exception, item));
        }
    }

    // Without the path, which the name of the video stands for.
    public static string ReasonOf(InvalidVideoException exception, VideoItem item)
    {
        var prefix = $"{OneLine.Of(Path.GetFullPath(item.Path))}: ";
        return exception.Message.StartsWith(prefix, StringComparison.Ordinal) ? exception.Message[prefix.Length..] : exception.Message;
    }
}
