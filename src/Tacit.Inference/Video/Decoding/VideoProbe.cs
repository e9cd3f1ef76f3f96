using System.Globalization;
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
        await CheckStreamAsync(path, report, cancellation).ConfigureAwait(false);
        if (HasFrameForEachPacket(report))
        {
            var shown = report.PacketList.Where(packet => !packet.IsDiscarded).Select(packet => packet.Shown!.Value).Order().ToList();
            var keys = report
                .PacketList.Where(packet => packet is { IsKey: true, Decoded: not null })
                .Select(packet => (packet.Shown!.Value, packet.Decoded!.Value));
            return Describe(path, report, shown.Count, shown, keys);
        }

        var decoded = await ReportAsync(path, ProbeReport.DecodedFrames, cancellation).ConfigureAwait(false);
        var times = decoded.FrameTimes;
        if (times.Count == 0)
        {
            throw Invalid(path, "none of its pictures can be decoded");
        }

        var ascend = times.TrueForAll(time => time is not null) && times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second);
        return Describe(path, report, times.Count, ascend ? [.. times.Select(time => time!.Value)] : [], []);
    }

    private static void CheckFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length == 0)
            {
                throw Invalid(path, "the file is empty");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Invalid(
                path,
                Directory.Exists(path) ? "is a folder, not a video"
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

    private async Task CheckStreamAsync(string path, ProbeReport report, CancellationToken cancellation)
    {
        var format = report["format_name"] ?? "";
        var other =
            format is "tty" ? "a text"
            : format is "concat" or "hls" or "dash" ? "a list of files"
            : format is "image2" || format.EndsWith("_pipe", StringComparison.Ordinal) ? "an image"
            : null;
        if (other is not null)
        {
            throw Invalid(path, $"is not a video but {other}");
        }

        if (report["index"] is null)
        {
            await using var process = await _ffmpeg
                .ProbeAsync(path, ["-select_streams", "a", "-show_entries", "stream=index", "-of", "csv"], cancellation)
                .ConfigureAwait(false);
            throw Invalid(
                path,
                await process.ReadLineAsync().ConfigureAwait(false) is null ? "holds no video" : "holds sound but no video"
            );
        }

        if (Number(report["width"]) < 1 || Number(report["height"]) < 1 || report["codec_name"] is null or "unknown")
        {
            throw Invalid(path, "none of its pictures can be decoded");
        }
    }

    private static bool HasFrameForEachPacket(ProbeReport report)
    {
        var packets = report.PacketList;
        if (
            !CountableFormats.Contains(report["format_name"])
            || !CountableCodecs.Contains(report["codec_name"])
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

    private static VideoInfo Describe(string path, ProbeReport report, int count, IReadOnlyList<long> times, IEnumerable<(long, long)> keys)
    {
        var unit = Rational.Parse(report["time_base"]) ?? new Rational(1, 1000);
        var rotation = Rotation(report["rotation"]);
        var (width, height) = (Number(report["width"]), Number(report["height"]));
        var rate = FrameRates.Of(times, count, unit, Rational.Parse(report["avg_frame_rate"]), Rational.Parse(report["r_frame_rate"]));
        return new VideoInfo
        {
            Path = path,
            Width = rotation is 90 or 270 ? height : width,
            Height = rotation is 90 or 270 ? width : height,
            Frames = count,
            FrameRate = rate.Average,
            IsVariableFrameRate = rate.IsVariable,
            Duration = rate.Duration,
            Rotation = rotation,
            Codec = report["codec_name"]!,
            Table = new FrameTable(Number(report["index"]), count, unit, times, keys),
        };
    }

    // ffprobe counts anticlockwise, from -180 to 180. As in ffmpeg, angles within a degree of a right
    // angle are treated as that angle.
    private static int Rotation(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && double.IsFinite(degrees)
            ? (((int)Math.Round(-degrees / 90) * 90) + 360) % 360
            : 0;

    private static int Number(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static InvalidVideoException Invalid(string path, string what, int? code = null, Exception? inner = null) =>
        new($"{OneLine.Of(path)}: {what}", inner) { Path = path, ExitCode = code };
}
