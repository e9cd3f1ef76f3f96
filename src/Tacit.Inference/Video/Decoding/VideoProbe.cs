using Tacit.Graphs;

namespace Tacit.Inference.Video.Decoding;

/// <summary>Determines the properties of video files with the program ffprobe. Several threads can probe at a time.</summary>
/// <remarks>
/// The number of frames is the number that decoding produces. For codecs and containers in which each packet produces one frame
/// (H.264, HEVC, VP9, AV1 and MJPEG in MP4 or Matroska), packets are counted, which reads the file without decoding it. All
/// other videos are decoded once.
/// </remarks>
/// <param name="options">How ffprobe is found and run; null for the defaults.</param>
/// <example><code>
/// VideoInfo info = await new VideoProbe().RunAsync("wave.mp4");
/// Console.WriteLine($"{info.Frames} frames of {info.Width} x {info.Height}");
/// </code></example>
public sealed class VideoProbe(FfmpegOptions? options = null)
{
    // Each packet contains one frame. mpeg4 (packets for unchanged pictures) and vp8 (frames that are never shown) differ.
    private static readonly string[] CountableCodecs = ["h264", "hevc", "vp9", "av1", "mjpeg"];

    // Containers with an index and exact timestamps.
    private static readonly string[] CountableFormats = ["mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"];

    // .NET puts it in place of bytes that are not UTF-8.
    private const char ReplacementCharacter = '\uFFFD';

    private readonly Ffmpeg _ffmpeg = new(options ?? new FfmpegOptions());

    /// <summary>Probes a file.</summary>
    /// <param name="path">The file. Its extension is not taken into account.</param>
    /// <param name="cancellation">Cancels the operation and kills the program.</param>
    /// <returns>The properties of the video, including the timestamps of its frames.</returns>
    /// <exception cref="InvalidVideoException">
    /// The file does not exist, is not a video, is damaged or truncated, or has no picture.
    /// </exception>
    /// <exception cref="FileNotFoundException">ffprobe is not installed. The message says how to install it.</exception>
    public async Task<VideoInfo> RunAsync(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        CheckFile(path);
        var report = await ReportAsync(path, ProbeReport.Packets, cancellation).ConfigureAwait(false);
        var stream = await ChooseAsync(path, report, cancellation).ConfigureAwait(false);
        if (HasFrameForEachPacket(report.Format, stream))
        {
            var shown = stream.Packets.Where(packet => !packet.IsDiscarded).Select(packet => packet.Shown!.Value).Order().ToList();
            var keys = stream
                .Packets.Where(packet => packet is { IsKey: true, Decoded: not null })
                .Select(packet => (packet.Shown!.Value, packet.Decoded!.Value));
            return Describe(path, report, stream, (stream.Width, stream.Height), shown.Count, shown, keys);
        }

        var frames = (await ReportAsync(path, ProbeReport.DecodedFrames(stream.Index), cancellation).ConfigureAwait(false)).Frames;
        if (frames.Count == 0)
        {
            throw Invalid(path, "none of its pictures can be decoded");
        }

        var times = frames.TakeWhile(frame => frame.Time is not null).Select(frame => frame.Time!.Value).ToList();
        var ascend = times.Count == frames.Count && times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second);
        return Describe(path, report, stream, (frames[0].Width, frames[0].Height), frames.Count, ascend ? times : [], []);
    }

    // A pipe behind a link, whose size is 0 like that of every file that is not regular, must not be opened: that would wait for
    // a writer for ever.
    private static void CheckFile(string path)
    {
        var file = VideoFile.Of(path);
        if (file is { Exists: true, Length: 0 })
        {
            throw Empty(path, "the file is empty");
        }

        try
        {
            using var opened = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Invalid(
                path,
                Directory.Exists(path) ? "is a folder, not a video"
                    : path.Contains(ReplacementCharacter, StringComparison.Ordinal) && !file.Exists
                        ? "the name is not UTF-8 text, so the file cannot be opened; rename it"
                    : exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file"
                    : exception is UnauthorizedAccessException ? "may not be read: permission denied"
                    : exception.Message,
                inner: exception
            );
        }
    }

    private async Task<ProbeReport> ReportAsync(string path, string[] arguments, CancellationToken cancellation)
    {
        await using var process = await _ffmpeg.ProbeAsync(path, arguments, cancellation).ConfigureAwait(false);
        var report = new ProbeReport();
        while (await process.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            report.Add(line);
        }

        var code = await process.ExitAsync().ConfigureAwait(false);
        var error = process.Log.LastError;
        if (process.Log.IsTruncated || (error?.Contains("moov atom not found", StringComparison.Ordinal) == true && BeginsAsMp4(path)))
        {
            throw Invalid(path, $"is cut off: the file ends before the video does ({error})", code);
        }

        if (process.Log.RefusedFormat is not null)
        {
            throw Invalid(path, error!, code);
        }

        // What Matroska files without a frame end with.
        if (code != 0 && error == "End of file")
        {
            throw Empty(path, "has no frames", code);
        }

        return code == 0
            ? report
            : throw Invalid(path, $"is not a video, or is damaged: {error ?? $"ffprobe ended with code {code}"}", code);
    }

    private static bool BeginsAsMp4(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[8];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[4..].SequenceEqual("ftyp"u8);
    }

    // The stream that ffmpeg would choose.
    private async Task<ProbedStream> ChooseAsync(string path, ProbeReport report, CancellationToken cancellation)
    {
        if (report.HasNoStreams)
        {
            throw Empty(path, "has no frames");
        }

        if (report.Streams.Where(stream => stream.IsDecodable).MaxBy(stream => stream.Rank) is { } chosen)
        {
            return chosen.Packets.Count == 0 ? throw Empty(path, "has no frames")
                : chosen.IsEncrypted ? throw Invalid(path, "is encrypted; its pictures cannot be decoded without the key")
                : chosen;
        }

        if (report.Streams.Any())
        {
            throw Invalid(path, "none of its pictures can be decoded");
        }

        await using var process = await _ffmpeg
            .ProbeAsync(path, ["-select_streams", "a", "-show_entries", "stream=index", "-of", "csv"], cancellation)
            .ConfigureAwait(false);
        throw Invalid(path, await process.ReadLineAsync().ConfigureAwait(false) is null ? "holds no video" : "holds sound but no video");
    }

    private static bool HasFrameForEachPacket(string format, ProbedStream stream)
    {
        var packets = stream.Packets;
        if (
            !CountableFormats.Contains(format)
            || !CountableCodecs.Contains(stream["codec_name"])
            || packets.Count == 0
            || !packets[0].IsKey
            || packets.TrueForAll(packet => packet.IsDiscarded)
        )
        {
            return false;
        }

        // No picture is shown before the first key frame, which it would depend on, and no two at the same time.
        var times = new HashSet<long>();
        return packets.TrueForAll(packet => packet.Shown is { } shown && shown >= packets[0].Shown && times.Add(shown));
    }

    private static VideoInfo Describe(
        string path,
        ProbeReport report,
        ProbedStream stream,
        (int Width, int Height) stored,
        int count,
        IReadOnlyList<long> times,
        IEnumerable<(long, long)> keys
    )
    {
        var unit = Rational.Parse(stream["time_base"]) ?? new Rational(1, 1000);
        var isTurned = stream.Rotation is 90 or 270;
        var rate = FrameRates.Of(
            times.Count == count ? times : DecodingTimes(stream, count),
            count,
            unit,
            Rational.Parse(stream["avg_frame_rate"]),
            Rational.Parse(stream["r_frame_rate"])
        );
        return new VideoInfo
        {
            Path = path,
            Width = isTurned ? stored.Height : stored.Width,
            Height = isTurned ? stored.Width : stored.Height,
            Frames = count,
            FrameRate = rate.Average,
            IsVariableFrameRate = rate.IsVariable,
            Duration = rate.Duration,
            Rotation = stream.Rotation,
            Codec = stream["codec_name"]!,
            VideoStreams = report.Streams.Count(),
            PixelAspectRatio = stream.PixelAspectRatio,
            IsInterlaced = stream.IsInterlaced,
            IsHighDynamicRange = stream.IsHighDynamicRange,
            HasAlpha = stream.HasAlpha,
            MissingFrames = stream.MissingFrames,
            Table = new FrameTable(stream.Index, count, unit, times, keys),
        };
    }

    // In AVI only the times of decoding are known. They have the same rate.
    private static List<long> DecodingTimes(ProbedStream stream, int count)
    {
        var times = stream.Packets.Where(packet => packet.Decoded is not null).Select(packet => packet.Decoded!.Value).ToList();
        return times.Count == count && times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second) ? times : [];
    }

    private static InvalidVideoException Empty(string path, string what, int? code = null) =>
        new($"{OneLine.Of(path)}: {what}")
        {
            Path = path,
            ExitCode = code,
            IsEmpty = true,
        };

    private static InvalidVideoException Invalid(string path, string what, int? code = null, Exception? inner = null) =>
        new($"{OneLine.Of(path)}: {what}", inner) { Path = path, ExitCode = code };
}
