using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tacit.TestKit;

namespace Tacit.Bench;

/// <summary>
/// The command video-matrix: writes a video with every encoder in every format of ffmpeg, and compares windows of frames with what
/// ffmpeg reads from the start of the file.
/// </summary>
internal static class VideoMatrixCommand
{
    private const int Frames = 40;

    // Sizes that some encoders insist on; the first that works is used.
    private static readonly string[] Sources = ["testsrc2=s=176x144:r=25", "testsrc2=s=720x576:r=25", "testsrc2=s=48x48:r=25"];

    // Formats that send frames elsewhere or write no single file with them.
    private static readonly string[] OtherMuxers =
    [
        "null",
        "crc",
        "framecrc",
        "framehash",
        "framemd5",
        "hash",
        "md5",
        "streamhash",
        "uncodedframecrc",
        "mkvtimestamp_v2",
        "ffmetadata",
        "fifo",
        "fifo_test",
        "tee",
        "rtp",
        "rtp_mpegts",
        "rtsp",
        "sap",
        "alsa",
        "oss",
        "pulse",
        "opengl",
        "caca",
        "fbdev",
        "sdl,sdl2",
        "xv",
        "video4linux2,v4l2",
        "chromaprint",
    ];

    // Formats that store the head of the stream apart from the packets.
    private static readonly string[] WithHead =
    [
        "mp4",
        "mov",
        "3gp",
        "3g2",
        "ipod",
        "ismv",
        "psp",
        "f4v",
        "matroska",
        "webm",
        "flv",
        "asf",
        "asf_stream",
        "nut",
        "ogg",
        "ogv",
    ];

    // Formats that take many codecs. All others are tried with their own codec alone, because ffmpeg writes any packets into them.
    private static readonly string[] General =
    [
        "mp4",
        "mov",
        "matroska",
        "avi",
        "mpegts",
        "nut",
        "asf",
        "wtv",
        "mxf",
        "flv",
        "3gp",
        "ismv",
        "ogg",
        "ivf",
        "gxf",
        "swf",
    ];

    private static readonly string[] WithIndex = ["mp4", "mov"];

    public static Command Create()
    {
        var command = new Command("video-matrix", "Compares windows of videos of every codec and format of ffmpeg with ffmpeg itself.");
        var parallel = new Option<int>("--parallel") { Description = "Files at a time.", DefaultValueFactory = _ => 2 };
        var step = new Option<int>("--step") { Description = "Frames from window to window.", DefaultValueFactory = _ => 12 };
        var codecs = new Option<string[]>("--codec") { Description = "Encoders. Default: all." };
        var formats = new Option<string[]>("--format") { Description = "Formats. Default: all." };
        foreach (var option in new Option[] { parallel, step, codecs, formats })
        {
            command.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed.GetValue(codecs) ?? [],
                    parsed.GetValue(formats) ?? [],
                    parsed.GetValue(step),
                    new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(parallel), CancellationToken = cancellation }
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(string[] codecs, string[] formats, int step, ParallelOptions parallel)
    {
        var encoders = (await ListAsync("-encoders", " V")).Where(name => codecs.Length == 0 || codecs.Contains(name)).ToList();
        List<(string Name, string Codec)> muxers = [];
        foreach (
            var name in (await ListAsync("-muxers", "")).Except(OtherMuxers).Where(name => formats.Length == 0 || formats.Contains(name))
        )
        {
            if ((await OutputAsync(["-h", $"muxer={name}"])).Split("Default video codec: ") is [_, var codec])
            {
                muxers.Add((name, codec.Split('.')[0]));
            }
        }

        var codecLines = (await OutputAsync(["-codecs"])).Split('\n');
        var folder = Directory.CreateTempSubdirectory("tacit-matrix-");
        var (files, rows) = (new ConcurrentBag<Written>(), new ConcurrentBag<Row>());
        try
        {
            await Parallel.ForEachAsync(
                encoders,
                parallel,
                async (encoder, token) =>
                {
                    foreach (var file in await WriteAsync(encoder, MuxersOf(encoder), folder.CreateSubdirectory(encoder).FullName, token))
                    {
                        files.Add(file);
                    }
                }
            );
            await Console.Error.WriteLineAsync($"{files.Count} files");
            await Parallel.ForEachAsync(
                files,
                parallel,
                async (file, token) =>
                {
                    var result = await VideoWindows.CompareAsync(file.Path, step, 3, 2, start: step * 3 / 2);
                    token.ThrowIfCancellationRequested();
                    rows.Add(new Row(file, result));
                }
            );
        }
        catch (OperationCanceledException)
        {
            Line($"Stopped early, after {rows.Count} of {files.Count} files.");
            Line("");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Line($"{encoders.Count} encoders, {muxers.Count} formats.");
        Line("");
        Write([.. rows]);
        return rows.Any(row => row.Result is { Refusal: null, IsRight: false }) ? 1 : 0;

        List<string> MuxersOf(string encoder)
        {
            var codec =
                Array
                    .Find(codecLines, line => line.Contains("(encoders: ", StringComparison.Ordinal) && Encoders(line).Contains(encoder))
                    ?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
                ?? encoder;
            return [.. muxers.Where(muxer => General.Contains(muxer.Name) || muxer.Codec == codec).Select(muxer => muxer.Name)];
        }
    }

    private static string[] Encoders(string line) => line.Split("(encoders: ")[1].Split(')')[0].Split(' ');

    // Writes the video in all formats that take the codec, and copies with wrong tables of key frames.
    private static async Task<List<Written>> WriteAsync(string encoder, List<string> muxers, string folder, CancellationToken cancellation)
    {
        foreach (var source in Sources)
        {
            await EncodeAsync(encoder, source, folder, muxers.Except(WithHead), [], cancellation);
            await EncodeAsync(encoder, source, folder, muxers.Intersect(WithHead), ["-flags", "+global_header"], cancellation);
            var written = muxers
                .Select(muxer => new Written(encoder, muxer, "as written", Path.Combine(folder, muxer)))
                .Where(file => new FileInfo(file.Path) is { Exists: true, Length: > 0 })
                .ToList();
            if (written.Count == 0)
            {
                continue;
            }

            foreach (var file in written.Where(file => WithIndex.Contains(file.Muxer)).ToList())
            {
                written.AddRange(await WithWrongIndexAsync(file, cancellation));
            }

            return written;
        }

        return [];
    }

    private static async Task<List<Written>> WithWrongIndexAsync(Written file, CancellationToken cancellation)
    {
        List<Written> files = [];
        var bytes = await File.ReadAllBytesAsync(file.Path, cancellation);
        foreach (var (kind, wrong) in new[] { ("no key table", SyncTable.Removed(bytes)), ("shifted key table", SyncTable.Shifted(bytes)) })
        {
            if (wrong is null)
            {
                continue;
            }

            var path = $"{file.Path} {kind}";
            await File.WriteAllBytesAsync(path, wrong, cancellation);
            files.Add(file with { Kind = kind, Path = path });

            // A copy carries the wrong marks over to the other format.
            await RunAsync(["-i", path, "-c", "copy", "-f", "matroska", path + " mkv"], cancellation);
            if (new FileInfo(path + " mkv") is { Exists: true, Length: > 0 })
            {
                files.Add(new Written(file.Encoder, "matroska", kind, path + " mkv"));
            }
        }

        return files;
    }

    // One run writes all formats. Those that do not take the codec are left out.
    private static Task EncodeAsync(
        string encoder,
        string source,
        string folder,
        IEnumerable<string> muxers,
        string[] flags,
        CancellationToken cancellation
    )
    {
        string[] speed = encoder switch
        {
            "libaom-av1" => ["-cpu-used", "8", "-lag-in-frames", "8"],
            "librav1e" => ["-speed", "10"],
            "libsvtav1" => ["-preset", "12"],
            "libvpx" or "libvpx-vp9" => ["-deadline", "good", "-cpu-used", "8", "-auto-alt-ref", "1", "-lag-in-frames", "16"],
            "libx265" => ["-preset", "veryfast", "-x265-params", "log-level=none:pools=1"],
            "mpeg1video" or "mpeg2video" or "mpeg4" or "libxvid" => ["-bf", "2"],
            _ => [],
        };
        var outputs = muxers.Select(muxer => $"[f={muxer.Split(',')[0]}:onfail=ignore]{Path.Combine(folder, muxer)}").ToList();
        string[] arguments = ["-f", "lavfi", "-i", source, "-frames:v", Frames.ToString(CultureInfo.InvariantCulture)];
        string[] encoding = ["-c:v", encoder, "-strict", "experimental", "-g", "12", "-threads", "1", .. speed, .. flags];
        return outputs.Count == 0
            ? Task.CompletedTask
            : RunAsync([.. arguments, .. encoding, "-map", "0:v", "-f", "tee", string.Join('|', outputs)], cancellation);
    }

    private static async Task RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-v", "quiet", "-nostdin", "-y", .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            }
        )!;
        try
        {
            var drained = Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(limit.Token),
                process.StandardError.ReadToEndAsync(limit.Token)
            );
            await process.WaitForExitAsync(limit.Token);
            await drained;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    // The names in a list of ffmpeg such as " V....D libx264    …".
    private static async Task<List<string>> ListAsync(string what, string start)
    {
        var lines = (await OutputAsync([what])).Split('\n');
        return
        [
            .. lines
                .SkipWhile(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal))
                .Skip(1)
                .Where(line => line.StartsWith(start, StringComparison.Ordinal))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length > 1)
                .Select(words => words[1]),
        ];
    }

    private static async Task<string> OutputAsync(IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-v", "quiet", "-hide_banner", .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    private static void Write(Row[] rows)
    {
        Table("file", rows, row => row.File.Kind);
        Table("codec, as written", rows.Where(row => row.File.Kind == "as written"), row => row.File.Encoder);
        Table("format, as written", rows.Where(row => row.File.Kind == "as written"), row => row.File.Muxer);
        Table("codec, wrong key table", rows.Where(row => row.File.Kind != "as written"), row => row.File.Encoder);
        Line("Refused, although ffmpeg reads frames:");
        Line("");
        foreach (
            var group in rows.Where(row => row.Result is { Refusal: not null, Expected: not 0 })
                .GroupBy(row => (row.File.Muxer, row.File.Kind, row.Result.Refusal))
                .OrderBy(group => group.Key.Muxer, StringComparer.Ordinal)
        )
        {
            var names = string.Join(", ", group.Select(row => row.File.Encoder).Order(StringComparer.Ordinal));
            Line($"- {group.Key.Muxer}, {group.Key.Kind}: {group.Key.Refusal} ({names})");
        }

        Line("");
        Line("Not equal:");
        Line("");
        foreach (
            var (file, result) in rows.Where(row => row.Result is { Refusal: null, IsRight: false })
                .OrderBy(row => row.File.Path, StringComparer.Ordinal)
        )
        {
            Line(
                $"- {file.Encoder} in {file.Muxer}, {file.Kind}: {result.Frames} frames of {result.Expected}, {result.Equal} of {result.Windows} windows"
            );
        }
    }

    private static void Table(string name, IEnumerable<Row> rows, Func<Row, string> key)
    {
        Line($"| {name} | files | windows | equal | refused | refused, and unreadable for ffmpeg |");
        Line("|---|---:|---:|---:|---:|---:|");
        foreach (var group in rows.GroupBy(key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var refused = group.Where(row => row.Result.Refusal is not null).ToList();
            var unreadable = refused.Count(row => row.Result.Expected == 0);
            Line(
                $"| {group.Key} | {group.Count()} | {group.Sum(row => row.Result.Windows)} | {group.Sum(row => row.Result.Equal)} | {refused.Count - unreadable} | {unreadable} |"
            );
        }

        Line("");
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Line(string text) => Console.Out.WriteLine(text);

    private sealed record Written(string Encoder, string Muxer, string Kind, string Path);

    private sealed record Row(Written File, VideoWindows Result);
}
