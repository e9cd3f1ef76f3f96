using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>Builds a cache: probes the videos, decodes those that are missing and writes the index.</summary>
/// <param name="set">The videos.</param>
/// <param name="folder">The folder of the cache.</param>
/// <param name="options">The size of the frames, the tolerance for unreadable videos and the parallelism.</param>
/// <param name="progress">Receives the progress; null for none.</param>
internal sealed class VideoCacheBuilder(
    VideoSet set,
    VideoCacheFolder folder,
    VideoCacheOptions options,
    IProgress<VideoSetProgress>? progress
)
{
    // The amount of data written at a time.
    private const int ChunkBytes = 8 << 20;

    private readonly VideoReader _reader = new(options.Ffmpeg);
    private readonly ConcurrentDictionary<string, FrameFileHeader> _decoded = new(StringComparer.Ordinal);
    private long _frames;

    /// <summary>Opens the cache, and builds it first if it is missing or out of date.</summary>
    /// <remarks>
    /// A cache that is up to date is opened without the lock for building, so any number of processes can open it at the same
    /// time.
    /// </remarks>
    /// <param name="most">The maximum size of the cache in bytes.</param>
    /// <param name="known">The probe results of earlier runs; new results are added.</param>
    /// <param name="cancellation">Cancels the operation. Videos that are complete are kept.</param>
    /// <returns>The plan, and the open cache; the cache is null if it would take more than <paramref name="most"/> bytes.</returns>
    /// <exception cref="InvalidDatasetException">The folder is rejected, or too many videos are unreadable.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public async Task<(VideoCachePlan Plan, VideoCache? Cache)> RunAsync(long most, VideoProbes known, CancellationToken cancellation)
    {
        folder.Check(set, options);
        VideoCachePlan plan;
        var reading = File.Exists(folder.IndexPath) ? await EnterAsync(cancellation).ConfigureAwait(false) : null;
        try
        {
            plan = await VideoCachePlan.MakeAsync(set, folder, options, progress, known, cancellation).ConfigureAwait(false);
            if (plan.Bytes > most)
            {
                return (plan, null);
            }

            if (reading is not null && plan.IsWhole && IndexOf(plan) is var index && index.IsAt(folder.IndexPath))
            {
                var cache = new VideoCache(folder.Path, index, 0, reading);
                reading = null;
                return (plan, cache);
            }
        }
        finally
        {
            reading?.Dispose();
        }

        using var locked = await folder.LockAsync(ReportWaiting, cancellation).ConfigureAwait(false);

        // Another process may have built the cache in the meantime.
        folder.Check(set, options);
        plan = await VideoCachePlan.MakeAsync(set, folder, options, progress, known, cancellation).ConfigureAwait(false);
        return (plan, await BuildAsync(plan, cancellation).ConfigureAwait(false));
    }

    private async Task<VideoCache> BuildAsync(VideoCachePlan plan, CancellationToken cancellation)
    {
        var missing = plan.Videos.Where(video => video.Kept is null).ToList();
        folder.MakeRoom(plan.Videos.Select(video => video.FrameFile), plan.BytesToDecode);
        if (missing.Count > 0)
        {
            // An index exists only for a complete cache.
            VideoCacheContents.Of(set, options).Write(folder.ContentsPath);
            File.Delete(folder.IndexPath);
            await DecodeAsync(missing, plan.Unreadable, cancellation).ConfigureAwait(false);
        }

        var index = IndexOf(plan);
        index.Write(folder.IndexPath);
        File.Delete(folder.ContentsPath);
        return new VideoCache(folder.Path, index, _decoded.Count, await EnterAsync(cancellation).ConfigureAwait(false));
    }

    private Task<IDisposable> EnterAsync(CancellationToken cancellation) =>
        FileLock.WaitAsync(folder.TryEnter, ReportWaiting, cancellation);

    private void ReportWaiting() => progress?.Report(new VideoSetProgress("waiting", 0, 0, 0));

    private VideoCacheIndex IndexOf(VideoCachePlan plan) =>
        new()
        {
            Set = Path.GetFullPath(set.Path),
            ShortSide = options.ShortSide,
            Videos = [.. plan.Videos.Select(Cached).OfType<CachedVideo>()],
            Unreadable = plan.Unreadable.InOrder,
        };

    private async Task DecodeAsync(List<PlannedVideo> videos, UnreadableVideos unreadable, CancellationToken cancellation)
    {
        var total = videos.Sum(video => (long)video.Info!.Frames);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation };
        await Parallel
            .ForEachAsync(
                videos,
                parallel,
                async (video, token) =>
                {
                    try
                    {
                        _decoded[video.Item.Name] = await DecodeAsync(video, Report, token).ConfigureAwait(false);
                    }
                    catch (InvalidVideoException exception)
                    {
                        unreadable.Add(video.Item.Name, ProbedVideo.ReasonOf(exception, video.Item));
                    }
                }
            )
            .ConfigureAwait(false);
        progress?.Report(new VideoSetProgress("decoding", total, total, unreadable.Count));

        void Report(int frames) =>
            progress?.Report(
                new VideoSetProgress("decoding", Math.Min(total, Interlocked.Add(ref _frames, frames)), total, unreadable.Count)
            );
    }

    private async Task<FrameFileHeader> DecodeAsync(PlannedVideo video, Action<int> report, CancellationToken cancellation)
    {
        var size = options.SizeOf(video.Info!);
        var (width, height) = size.Of(video.Info!);
        var chunk = Math.Max(1, ChunkBytes / (3 * width * height));
        var frames = _reader.ReadAllAsync(video.Info!, size, chunk, cancellation);
        var header = await FrameFile.WriteAsync(video.FrameFile, video.Info!, frames, report, cancellation).ConfigureAwait(false);
        var now = VideoFile.Of(video.Item.Path);
        if (!now.Exists || now.Length != video.Source.Length || now.LastWriteTimeUtc != video.Source.LastWriteTimeUtc)
        {
            File.Delete(video.FrameFile);
            throw new InvalidVideoException("the file was changed while it was decoded") { Path = video.Item.Path };
        }

        return header;
    }

    // The index entry of a video; null if the video could not be decoded.
    private CachedVideo? Cached(PlannedVideo video) =>
        (video.Kept ?? _decoded.GetValueOrDefault(video.Item.Name)) is { } header
            ? new CachedVideo(
                video.Item.Name,
                Path.GetFullPath(video.Item.Path),
                video.Source.Length,
                video.Source.LastWriteTimeUtc,
                Path.GetFileName(video.FrameFile),
                FrameFileHeader.Length,
                header.Frames,
                header.Height,
                header.Width,
                header.FrameRate,
                video.Item.Label,
                video.Item.Source,
                video.Item.Split
            )
            : null;
}
