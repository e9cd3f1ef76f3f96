using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>The work that a cache needs: the videos that it holds already and those to decode.</summary>
/// <param name="Videos">The videos that can be read, ordered by name.</param>
/// <param name="Unreadable">The videos that cannot be read.</param>
internal sealed record VideoCachePlan(ImmutableArray<PlannedVideo> Videos, UnreadableVideos Unreadable)
{
    /// <summary>The size of the complete cache in bytes.</summary>
    public long Bytes => Videos.Sum(video => video.Bytes);

    /// <summary>The number of bytes still to be written.</summary>
    public long BytesToDecode => Videos.Where(video => video.Kept is null).Sum(video => video.Bytes);

    /// <summary>Whether nothing has to be decoded.</summary>
    public bool IsWhole => Videos.All(video => video.Kept is not null);

    /// <summary>Makes a plan. Videos are probed unless their frames are in the folder or their probe result is known.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="folder">The folder of the cache; null to plan without one, as for an estimate.</param>
    /// <param name="options">The size of the frames, the tolerance for unreadable videos and the parallelism.</param>
    /// <param name="progress">Receives the number of videos probed; null for none.</param>
    /// <param name="known">The probe results of earlier runs; new results are added.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="InvalidDatasetException">Too many videos are unreadable.</exception>
    public static async Task<VideoCachePlan> MakeAsync(
        VideoSet set,
        VideoCacheFolder? folder,
        VideoCacheOptions options,
        IProgress<VideoSetProgress>? progress,
        VideoProbes known,
        CancellationToken cancellation
    )
    {
        var unreadable = new UnreadableVideos(set.Items.Length, options.MaxBad) { Path = set.Path };
        List<PlannedVideo> kept = [];
        List<VideoItem> rest = [];
        var files = new Dictionary<string, (string FrameFile, FileInfo Source)>(StringComparer.Ordinal);
        foreach (var item in set.Items)
        {
            cancellation.ThrowIfCancellationRequested();
            var source = VideoFile.Of(item.Path);
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
                unreadable.Add(video.Item.Name, reason);
            }

            progress?.Report(new VideoSetProgress("probing", done, rest.Count, unreadable.Count));
        }
    }
}

/// <summary>A readable video of a plan. Either <see cref="Kept"/> or <see cref="Info"/> is set.</summary>
/// <param name="Item">The video.</param>
/// <param name="Source">The file of the video, with the size and time that it had when the plan was made.</param>
/// <param name="FrameFile">The path of the file of frames; empty without a folder.</param>
/// <param name="Bytes">The size of the file of frames in bytes.</param>
internal sealed record PlannedVideo(VideoItem Item, FileInfo Source, string FrameFile, long Bytes)
{
    /// <summary>The header of the existing file of frames; null if the video has to be decoded.</summary>
    public FrameFileHeader? Kept { get; init; }

    /// <summary>The probed properties of the video; null if its frames exist already.</summary>
    public VideoInfo? Info { get; init; }
}
