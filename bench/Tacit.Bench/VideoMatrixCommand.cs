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
        var output = new Option<string>("--output")
        {
            Description = "The file of results. Pairs in it are not compared again.",
            DefaultValueFactory = _ => Path.Combine("artifacts", "video-matrix.jsonl"),
        };
        foreach (var option in new Option[] { parallel, step, codecs, formats, output })
        {
            command.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed.GetValue(codecs) ?? [],
                    parsed.GetValue(formats) ?? [],
                    parsed.GetValue(step),
                    new Ledger<VideoMatrixRow>(parsed.GetRequiredValue(output)),
                    new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(parallel), CancellationToken = cancellation }
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string[] codecs,
        string[] formats,
        int step,
        Ledger<VideoMatrixRow> ledger,
        ParallelOptions parallel
    )
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
        var done = ledger.Entries.Select(row => (row.Encoder, row.Muxer)).ToHashSet();
        var folder = Directory.CreateTempSubdirectory("tacit-matrix-");
        try
        {
            await Parallel.ForEachAsync(
                encoders,
                parallel,
                (encoder, token) => CompareAsync(encoder, MuxersOf(encoder), folder.CreateSubdirectory(encoder), step, ledger, token)
            );
        }
        catch (OperationCanceledException)
        {
            VideoMatrixTables.Line("Stopped early. The same command goes on.");
            VideoMatrixTables.Line("");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var rows = ledger.Entries.Where(row => row.Result is not null).ToArray();
        VideoMatrixTables.Line($"{encoders.Count} encoders, {muxers.Count} formats, {rows.Length} files.");
        VideoMatrixTables.Line("");
        VideoMatrixTables.Write(rows);
        return Array.Exists(rows, row => row.Result is { Refusal: null, IsRight: false }) ? 1 : 0;

        List<string> MuxersOf(string encoder)
        {
            var codec =
                Array
                    .Find(codecLines, line => line.Contains("(encoders: ", StringComparison.Ordinal) && Encoders(line).Contains(encoder))
                    ?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
                ?? encoder;
            return
            [
                .. muxers
                    .Where(muxer => General.Contains(muxer.Name) || muxer.Codec == codec)
                    .Select(muxer => muxer.Name)
                    .Where(muxer => !done.Contains((encoder, muxer))),
            ];
        }
    }

    // Adds the results of a pair of encoder and format together, so that a pair in the file is complete.
    private static async ValueTask CompareAsync(
        string encoder,
        List<string> muxers,
        DirectoryInfo folder,
        int step,
        Ledger<VideoMatrixRow> ledger,
        CancellationToken cancellation
    )
    {
        var files = await WriteAsync(encoder, muxers, folder.FullName, cancellation);
        foreach (var muxer in muxers)
        {
            List<VideoMatrixRow> rows = [];
            foreach (var file in files.Where(file => file.VideoMatrixRow.Muxer == muxer))
            {
                rows.Add(file.VideoMatrixRow with { Result = await VideoWindows.CompareAsync(file.Path, step, 3, 2, start: step * 3 / 2) });
                cancellation.ThrowIfCancellationRequested();
            }

            lock (ledger)
            {
                foreach (var row in rows is [] ? [new VideoMatrixRow(encoder, muxer, "not taken", null)] : rows)
                {
                    ledger.Add(row);
                }
            }
        }

        folder.Delete(recursive: true);
    }

    private static string[] Encoders(string line) => line.Split("(encoders: ")[1].Split(')')[0].Split(' ');

    // Writes the video in all formats that take the codec, and copies with wrong tables of key frames.
    private static async Task<List<(VideoMatrixRow VideoMatrixRow, string Path)>> WriteAsync(
        string encoder,
        List<string> muxers,
        string folder,
        CancellationToken cancellation
    )
    {
        foreach (var source in Sources)
        {
            await EncodeAsync(encoder, source, folder, muxers.Except(WithHead), [], cancellation);
            await EncodeAsync(encoder, source, folder, muxers.Intersect(WithHead), ["-flags", "+global_header"], cancellation);
            var written = muxers
                .Select(muxer =>
                    (VideoMatrixRow: new VideoMatrixRow(encoder, muxer, VideoMatrixRow.AsWritten, null), Path: Path.Combine(folder, muxer))
                )
                .Where(file => new FileInfo(file.Path) is { Exists: true, Length: > 0 })
                .ToList();
            if (written.Count == 0)
            {
                continue;
            }

            foreach (var file in written.Where(file => WithIndex.Contains(file.VideoMatrixRow.Muxer)).ToList())
            {
                written.AddRange(await WithWrongIndexAsync(file, cancellation));
            }

            return written;
        }

        return [];
    }

    private static async Task<List<(VideoMatrixRow VideoMatrixRow, string Path)>> WithWrongIndexAsync(
        (VideoMatrixRow VideoMatrixRow, string Path) file,
        CancellationToken cancellation
    )
    {
        List<(VideoMatrixRow VideoMatrixRow, string Path)> files = [];
        var bytes = await File.ReadAllBytesAsync(file.Path, cancellation);
        foreach (var (kind, wrong) in new[] { ("no key table", SyncTable.Removed(bytes)), ("shifted key table", SyncTable.Shifted(bytes)) })
        {
            if (wrong is null)
            {
                continue;
            }

            var path = $"{file.Path} {kind}";
            await File.WriteAllBytesAsync(path, wrong, cancellation);
            files.Add((file.VideoMatrixRow with { Kind = kind }, path));

            // A copy carries the wrong marks over to the other format.
            await RunAsync(["-i", path, "-c", "copy", "-f", "matroska", path + " mkv"], cancellation);
            if (new FileInfo(path + " mkv") is { Exists: true, Length: > 0 })
            {
                files.Add((file.VideoMatrixRow with { Kind = $"{kind}, copied to matroska" }, path + " mkv"));
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
        limit.CancelAfter(TimeSpan.FromMinutes(1));
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
}
