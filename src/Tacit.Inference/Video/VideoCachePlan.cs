using System.Collections.Immutable;

namespace Tacit.Inference.Video;

// What a cache holds already, and what has to be decoded.
internal sealed record VideoCachePlan(ImmutableArray<PlannedVideo> Videos, UnreadableVideos Unreadable)
{
    public long Bytes => Videos.Sum(video => video.Bytes);

    public long BytesToDecode => Videos.Where(video => video.Kept is null).Sum(video => video.Bytes);

    public bool IsWhole => Videos.All(video => video.Kept is not null);

    // Probes what is neither in the folder nor known; without a folder, everything.
    public static async Task<VideoCachePlan> MakeAsync(
        VideoSet set,
        VideoCacheFolder? folder,
        VideoCacheOptions options,
        IProgress<VideoSetProgress>? progress,
        VideoProbes known,
        CancellationToken cancellation
    )
    {
        var unreadable = new UnreadableVideos(set, options.MaxBad);
        List<PlannedVideo> kept = [];
        List<VideoItem> rest = [];
        var files = new Dictionary<string, (string FrameFile, FileInfo Source)>(StringComparer.Ordinal);
        foreach (var item in set.Items)
        {
            cancellation.ThrowIfCancellationRequested();
            var source = new FileInfo(item.Path);
            var frameFile = folder is not null && source.Exists ? folder.FrameFileOf(item, source, options.ShortSide) : "";
            files[item.Name] = (frameFile, source);
            if (frameFile.Length > 0 && FrameFileHeader.TryRead(frameFile) is { } header)
            {
                kept.Add(new PlannedVideo(item, source, frameFile, header.FileBytes) { Kept = header });
            }
            else
            {
                rest.Add(item);
            }
        }

        var probed = await ProbedVideo
            .ProbeAsync(rest, options.Ffmpeg, options.Parallelism, Report, known, cancellation)
            .ConfigureAwait(false);
        var planned = probed
            .Where(video => video.Info is not null)
            .Select(video =>
            {
                var (width, height) = options.SizeOf(video.Info!).Of(video.Info!);
                return new PlannedVideo(
                    video.Item,
                    files[video.Item.Name].Source,
                    files[video.Item.Name].FrameFile,
                    FrameFileHeader.Length + 3L * width * height * video.Info!.Frames
                )
                {
                    Info = video.Info,
                };
            });
        return new VideoCachePlan([.. kept.Concat(planned).OrderBy(video => video.Item.Name, StringComparer.Ordinal)], unreadable);

        void Report(ProbedVideo video, int done)
        {
            if (video.Reason is { } reason)
            {
                unreadable.Add(video.Item, reason);
            }

            progress?.Report(new VideoSetProgress("probing", done, rest.Count, unreadable.Count));
        }
    }
}

// A video that can be read: in the cache already (Kept), or to be decoded (Info).
internal sealed record PlannedVideo(VideoItem Item, FileInfo Source, string FrameFile, long Bytes)
{
    public FrameFileHeader? Kept { get; init; }

    public VideoInfo? Info { get; init; }
}
