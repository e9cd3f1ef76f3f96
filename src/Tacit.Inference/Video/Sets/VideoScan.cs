using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Sets;

/// <summary>Checks all videos of a set before they are used, and reports those that are broken, damaged, empty, too short or unusual.</summary>
/// <remarks>
/// By default the files are probed, not decoded; damage in the middle of a file is found only with <see
/// cref="VideoScanOptions.Decode"/>. Files of equal size are hashed to find duplicates.
/// </remarks>
/// <param name="options">What is reported; null for the defaults.</param>
/// <example><code>
/// var result = await new VideoScan(new VideoScanOptions { MinFrames = 32 }).RunAsync(VideoSet.Read("videos/"));
/// </code></example>
public sealed class VideoScan(VideoScanOptions? options = null)
{
    // Frames are decoded only to see whether they can be, so they are kept small.
    private const int DecodedShortSide = 32;
    private const int DecodedAtOnce = 256;

    private readonly VideoScanOptions _options = options ?? new VideoScanOptions();

    /// <summary>Checks the videos of a set.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="progress">Receives the number of videos probed, or of frames decoded.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The results, in the order of the set.</returns>
    /// <exception cref="FileNotFoundException">ffprobe or ffmpeg is not installed. The message says how to install it.</exception>
    public async Task<VideoScanResult> RunAsync(
        VideoSet set,
        IProgress<VideoSetProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        var broken = 0;
        var probed = await ProbedVideo
            .ProbeAsync(set.Items, _options.Ffmpeg, _options.Parallelism, Report, new VideoProbes(), cancellation)
            .ConfigureAwait(false);
        var decoded = _options.Decode
            ? await DecodeAsync(probed, progress, cancellation).ConfigureAwait(false)
            : new Dictionary<string, DecodingResult>();
        var copies = await CopiesAsync(probed, cancellation).ConfigureAwait(false);
        return new VideoScanResult([
            .. probed.Select(video => Judge(video, decoded.GetValueOrDefault(video.Item.Name), copies.GetValueOrDefault(video.Item.Name))),
        ]);

        void Report(ProbedVideo video, int done) =>
            progress?.Report(
                new VideoSetProgress(
                    "probing",
                    done,
                    set.Items.Length,
                    video.Reason is null ? Volatile.Read(ref broken) : Interlocked.Increment(ref broken)
                )
            );
    }

    private VideoCheck Judge(ProbedVideo video, DecodingResult? decoding, string? original)
    {
        if ((video.Reason ?? decoding?.Reason) is { } reason)
        {
            return new VideoCheck(video.Item, video.IsEmpty ? VideoState.Empty : VideoState.Broken)
            {
                Remarks = [reason],
                Info = video.Info,
            };
        }

        var info = video.Info!;
        List<string> damages = [.. Damages(info, decoding)];
        List<string> oddities = [.. Oddities(info, original)];
        var isShort = info.Frames < _options.MinFrames;
        var state =
            damages.Count > 0 ? VideoState.Damaged
            : isShort ? VideoState.TooShort
            : oddities.Count > 0 ? VideoState.Odd
            : VideoState.Ok;
        return new VideoCheck(video.Item, state)
        {
            Remarks = [.. damages, .. isShort ? [$"{info.Frames} frames"] : Array.Empty<string>(), .. oddities],
            Info = info,
        };
    }

    private static IEnumerable<string> Damages(VideoInfo info, DecodingResult? decoding)
    {
        if (info.MissingFrames > 0)
        {
            yield return $"cut off: about {info.MissingFrames} of {info.MissingFrames + info.Frames} frames are missing";
        }

        if (decoding is { Errors: > 0 })
        {
            yield return $"{decoding.Errors} {(decoding.Errors == 1 ? "error" : "errors")} in decoding, such as: {decoding.FirstError}";
        }
    }

    private IEnumerable<string> Oddities(VideoInfo info, string? original)
    {
        if (info.Rotation != 0)
        {
            yield return $"turned by {info.Rotation} degrees";
        }

        if (info.IsVariableFrameRate)
        {
            yield return "variable frame rate";
        }

        if (info.Width % 2 != 0 || info.Height % 2 != 0)
        {
            yield return $"odd size, {info.Width} x {info.Height}";
        }

        if (info.VideoStreams > 1)
        {
            yield return $"{info.VideoStreams} video streams, of which one of {info.Width} x {info.Height} is read";
        }

        if (Math.Abs(info.PixelAspectRatio - 1) > 0.001)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"pixels {info.PixelAspectRatio:0.###} times as wide as high");
        }

        if (info.IsInterlaced)
        {
            yield return "interlaced";
        }

        if (info.IsHighDynamicRange)
        {
            yield return "high dynamic range";
        }

        if (info.HasAlpha)
        {
            yield return "transparency, which is ignored";
        }

        if (info.Duration >= _options.LongFrom)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{info.Duration.TotalMinutes:0} minutes long");
        }

        if (original is not null)
        {
            yield return $"the same bytes as {original}";
        }
    }

    // What decoding reports on each video that can be probed, by name.
    private async Task<IReadOnlyDictionary<string, DecodingResult>> DecodeAsync(
        IReadOnlyCollection<ProbedVideo> videos,
        IProgress<VideoSetProgress>? progress,
        CancellationToken cancellation
    )
    {
        var reader = new VideoReader(_options.Ffmpeg);
        var results = new ConcurrentDictionary<string, DecodingResult>(StringComparer.Ordinal);
        var (done, broken) = (0L, 0);
        var readable = videos.Where(video => video.Info is not null).ToList();
        var total = readable.Sum(video => (long)video.Info!.Frames);
        await Parallel
            .ForEachAsync(
                readable,
                InParallel(cancellation),
                async (video, token) =>
                {
                    try
                    {
                        await foreach (
                            var frames in reader
                                .ReadAllAsync(video.Info!, FrameSize.ShortSide(DecodedShortSide), DecodedAtOnce, Finish, token)
                                .ConfigureAwait(false)
                        )
                        {
                            progress?.Report(
                                new VideoSetProgress("decoding", Interlocked.Add(ref done, frames.Count), total, Volatile.Read(ref broken))
                            );
                        }
                    }
                    catch (InvalidVideoException exception)
                    {
                        Interlocked.Increment(ref broken);
                        results[video.Item.Name] = new DecodingResult(ProbedVideo.ReasonOf(exception, video.Item), 0, null);
                    }

                    void Finish(FfmpegLog log) => results[video.Item.Name] = new DecodingResult(null, log.Errors, log.FirstError);
                }
            )
            .ConfigureAwait(false);
        progress?.Report(new VideoSetProgress("decoding", total, total, broken));
        return results;
    }

    // Maps each duplicate to the first video with the same contents. Only files of equal size are read.
    private async Task<IReadOnlyDictionary<string, string>> CopiesAsync(IEnumerable<ProbedVideo> videos, CancellationToken cancellation)
    {
        var alike = videos
            .Where(video => video.Info is not null)
            .GroupBy(video => VideoFile.Of(video.Item.Path) is { Exists: true } file ? file.Length : -1)
            .Where(group => group.Skip(1).Any())
            .SelectMany(group => group)
            .ToList();
        var hashes = new string[alike.Count];
        await Parallel
            .ForAsync(
                0,
                alike.Count,
                InParallel(cancellation),
                async (index, token) => hashes[index] = await HashAsync(alike[index].Item.Path, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return alike
            .Zip(hashes, (video, hash) => (video.Item.Name, Hash: hash))
            .GroupBy(video => video.Hash, StringComparer.Ordinal)
            .SelectMany(group => group.Skip(1).Select(copy => (copy.Name, Original: group.First().Name)))
            .ToDictionary(copy => copy.Name, copy => copy.Original, StringComparer.Ordinal);
    }

    // A file that has disappeared is treated as unique.
    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                1,
                FileOptions.Asynchronous | FileOptions.SequentialScan
            );
            await using (file.ConfigureAwait(false))
            {
                return Convert.ToHexString(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    private ParallelOptions InParallel(CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = _options.Parallelism, CancellationToken = cancellation };

    // Why a video cannot be decoded to its end, or the errors in spite of which it can.
    private sealed record DecodingResult(string? Reason, int Errors, string? FirstError);
}
