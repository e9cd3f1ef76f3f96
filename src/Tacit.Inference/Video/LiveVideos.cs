using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

/// <summary>The frames of a set of videos without a cache: decoded from the files whenever they are read.</summary>
/// <remarks>
/// Gives the frames that a <see cref="VideoCache"/> of the same options gives, far more slowly. Each read decodes the stretch from the
/// first to the last frame asked for; where frames lie far apart, several stretches.
/// </remarks>
public sealed class LiveVideos : IFrameStore
{
    // Frames further apart than this are sought one by one; it also bounds what a read holds in memory.
    private const int LargestGap = 64;

    private readonly ImmutableArray<VideoInfo> _infos;
    private readonly VideoReader _reader;
    private readonly VideoCacheOptions _options;
    private readonly SemaphoreSlim _slots;

    private LiveVideos(IReadOnlyList<(VideoItem Item, VideoInfo Info)> videos, ImmutableArray<UnreadableVideo> unreadable, VideoCacheOptions options)
    {
        _options = options;
        _reader = new VideoReader(options.Ffmpeg);
        _slots = new SemaphoreSlim(options.Parallelism);
        _infos = [.. videos.Select(video => video.Info)];
        Videos = [.. videos.Select(video => Stored(video.Item, video.Info, options))];
        Unreadable = unreadable;
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The videos of the set that could not be read and were left out.</summary>
    public ImmutableArray<UnreadableVideo> Unreadable { get; }

    /// <summary>Probes the videos of a set.</summary>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read, or all.</exception>
    public static Task<LiveVideos> OpenAsync(
        VideoSet set, VideoCacheOptions? options = null, IProgress<VideoSetProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        return OpenAsync(set, options ?? new VideoCacheOptions(), progress, new VideoProbes(), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        var stored = FrameRequest.Check(Videos, video, frames.Span);
        var bytes = 3 * stored.Height * stored.Width;
        var pixels = new byte[bytes * frames.Length];
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            foreach (var (first, last) in Stretches(frames.Span))
            {
                var stretch = await _reader.ReadAsync(_infos[video], new FrameRange(first, last - first + 1), _options.SizeOf(_infos[video]), cancellation).ConfigureAwait(false);
                for (var i = 0; i < frames.Length; i++)
                {
                    var frame = frames.Span[i];
                    if (frame >= first && frame <= last)
                    {
                        stretch[frame - first].CopyTo(pixels.AsSpan(i * bytes));
                    }
                }
            }
        }
        finally
        {
            _slots.Release();
        }

        return new VideoFrames(frames.Length, stored.Height, stored.Width, pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    internal static async Task<LiveVideos> OpenAsync(
        VideoSet set, VideoCacheOptions options, IProgress<VideoSetProgress>? progress, VideoProbes known, CancellationToken cancellation)
    {
        var unreadable = new UnreadableVideos(set, options.MaxBad);
        var probed = await ProbedVideo.ProbeAsync(set.Items, options.Ffmpeg, options.Parallelism, Report, known, cancellation).ConfigureAwait(false);
        return new LiveVideos([.. probed.Where(video => video.Info is not null).Select(video => (video.Item, video.Info!))], unreadable.InOrder, options);

        void Report(ProbedVideo video, int done)
        {
            if (video.Reason is { } reason)
            {
                unreadable.Add(video.Item, reason);
            }

            progress?.Report(new VideoSetProgress("probing", done, set.Items.Length, unreadable.Count));
        }
    }

    private static StoredVideo Stored(VideoItem item, VideoInfo info, VideoCacheOptions options)
    {
        var (width, height) = options.SizeOf(info).Of(info);
        return new StoredVideo(item.Name, info.Frames, height, width, info.FrameRate) { Label = item.Label, Source = item.Source, Split = item.Split };
    }

    // The first and last frames of runs without large gaps.
    private static List<(int First, int Last)> Stretches(ReadOnlySpan<int> frames)
    {
        var sorted = frames.ToArray();
        Array.Sort(sorted);
        List<(int First, int Last)> stretches = [(sorted[0], sorted[0])];
        foreach (var frame in sorted)
        {
            if (frame - stretches[^1].Last > LargestGap)
            {
                stretches.Add((frame, frame));
            }
            else
            {
                stretches[^1] = (stretches[^1].First, frame);
            }
        }

        return stretches;
    }
}
