using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tacit.Inference.Video;

// The two programs, of which a bounded number runs at a time.
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class Ffmpeg(FfmpegOptions options)
{
    private static readonly ConcurrentDictionary<string, string> FrameSync = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _slots = new(options.Processes);

    public Task<FfmpegProcess> ProbeAsync(string path, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var threads = options.Threads.ToString(CultureInfo.InvariantCulture);
        return StartAsync(
            "ffprobe",
            path,
            [
                "-hide_banner",
                "-loglevel",
                "repeat+level+error",
                "-threads",
                threads,
                "-protocol_whitelist",
                "file,pipe",
                .. arguments,
                "-i",
                "file:" + path,
            ],
            cancellation
        );
    }

    // Decodes to raw frames; `input` and `output` are what stands before and after the file.
    public async Task<FfmpegProcess> DecodeAsync(
        string path,
        IEnumerable<string> input,
        IEnumerable<string> output,
        CancellationToken cancellation
    )
    {
        var threads = options.Threads.ToString(CultureInfo.InvariantCulture);
        var sync = await FrameSyncAsync(cancellation).ConfigureAwait(false);
        return await StartAsync(
                "ffmpeg",
                path,
                [
                    "-hide_banner",
                    "-nostdin",
                    "-nostats",
                    "-loglevel",
                    "repeat+level+info",
                    "-threads",
                    threads,
                    "-filter_threads",
                    threads,
                    "-protocol_whitelist",
                    "file,pipe",
                    .. input,
                    "-i",
                    "file:" + path,
                    .. output,
                    sync,
                    "passthrough",
                    "-f",
                    "rawvideo",
                    "-pix_fmt",
                    "rgb24",
                    "pipe:1",
                ],
                cancellation
            )
            .ConfigureAwait(false);
    }

    // What asks for every frame as it is decoded, neither doubled nor dropped: -vsync up to 5.0, -fps_mode since.
    private async Task<string> FrameSyncAsync(CancellationToken cancellation)
    {
        var program = ProgramFile.Find(options, "ffmpeg");
        if (!FrameSync.TryGetValue(program, out var option))
        {
            await using var process = await StartAsync("ffmpeg", program, ["-version"], cancellation).ConfigureAwait(false);
            option =
                VersionOf(await process.ReadLineAsync().ConfigureAwait(false)) is { } version && version < new Version(5, 1)
                    ? "-vsync"
                    : "-fps_mode";
            FrameSync[program] = option;
        }

        return option;
    }

    private async Task<FfmpegProcess> StartAsync(string name, string path, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var program = ProgramFile.Find(options, name);
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var process = await ProcessLauncher.StartAsync(program, arguments).ConfigureAwait(false);
            return new FfmpegProcess(process, name, path, _slots, options.Timeout, cancellation);
        }
        catch (Win32Exception exception)
        {
            _slots.Release();
            throw new IOException($"{program} cannot be run: {exception.Message}", exception);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    // Of "ffmpeg version 5.1.9-0+deb12u1 …"; null where it is not a number, as in builds from the newest sources.
    private static Version? VersionOf(string? line)
    {
        var text = (line ?? "").Split(' ') is ["ffmpeg", "version", var word, ..] ? word.TrimStart('n') : "";
        var number = string.Concat(text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.'));
        return Version.TryParse(number, out var version) ? version : null;
    }
}
