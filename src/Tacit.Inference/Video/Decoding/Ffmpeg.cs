using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tacit.Inference.Video.Decoding;

/// <summary>Starts ffprobe and ffmpeg with the arguments common to all calls, and limits how many run at a time.</summary>
/// <remarks>
/// Both programs open local files only (<c>-protocol_whitelist</c>), and only in the formats of <see cref="InputFormats"/>. A
/// crafted file cannot make them reach the network, and a playlist cannot make them open the files that it names. Each call waits for one of <see cref="FfmpegOptions.Processes"/> slots; the
/// returned process holds it until it is disposed.
/// </remarks>
/// <param name="options">Where the programs are found, the number of processes and threads, and the timeout.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class Ffmpeg(FfmpegOptions options)
{
    private static readonly ConcurrentDictionary<string, string> FrameSync = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _slots = new(options.Processes);

    /// <summary>Starts ffprobe on a file.</summary>
    /// <param name="path">The file to probe.</param>
    /// <param name="arguments">The arguments placed before the input, such as <c>-show_entries</c>.</param>
    /// <param name="cancellation">Cancels the wait for a slot and kills the program later.</param>
    /// <returns>The running program, which the caller disposes.</returns>
    /// <exception cref="FileNotFoundException">ffprobe is not installed.</exception>
    /// <exception cref="IOException">ffprobe cannot be started.</exception>
    public Task<FfmpegProcess> ProbeAsync(string path, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var threads = options.Threads.ToString(CultureInfo.InvariantCulture);
        return StartAsync(
            "ffprobe",
            path,
            ["-hide_banner", "-loglevel", "repeat+level+error", "-threads", threads, .. arguments, .. InputOf(path)],
            cancellation
        );
    }

    /// <summary>Starts ffmpeg to decode a file to raw RGB frames on its standard output, 3 bytes per pixel.</summary>
    /// <param name="path">The file to decode.</param>
    /// <param name="input">The arguments placed before the input, such as a seek.</param>
    /// <param name="output">The arguments placed after the input, such as filters.</param>
    /// <param name="cancellation">Cancels the wait for a slot and kills the program later.</param>
    /// <returns>The running program, which the caller disposes.</returns>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed.</exception>
    /// <exception cref="IOException">ffmpeg cannot be started.</exception>
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
                    .. input,
                    .. InputOf(path),
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

    private static string[] InputOf(string path) =>
        ["-protocol_whitelist", "file", "-format_whitelist", InputFormats.Allowed, "-i", "file:" + path];

    // The option that outputs every decoded frame once, without duplicates or drops: -vsync before version 5.1, -fps_mode from
    // then on.
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

    // Parses "ffmpeg version 5.1.9-0+deb12u1 …". Returns null if the version is not a number, as in development builds.
    private static Version? VersionOf(string? line)
    {
        var text = (line ?? "").Split(' ') is ["ffmpeg", "version", var word, ..] ? word.TrimStart('n') : "";
        var number = string.Concat(text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.'));
        return Version.TryParse(number, out var version) ? version : null;
    }
}
