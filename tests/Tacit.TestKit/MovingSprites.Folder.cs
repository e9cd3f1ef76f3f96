using System.Diagnostics;

namespace Tacit.TestKit;

public sealed partial class MovingSprites
{
    /// <summary>Writes the videos as files, label/name.mp4 (H.264), with the program ffmpeg, which must be on the path.</summary>
    /// <param name="folder">The folder; made where it is not there.</param>
    /// <param name="cancellation">Stops writing.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no ffmpeg.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg failed.</exception>
    public async Task WriteAsync(string folder, CancellationToken cancellation)
    {
        for (var video = 0; video < Videos.Length; video++)
        {
            var stored = Videos[video];
            var frames = await ReadAsync(video, Enumerable.Range(0, stored.Frames).ToArray(), cancellation);
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, stored.Label!)).FullName, stored.Name + ".mp4");
            await EncodeAsync(frames.Pixels.ToArray(), path, cancellation);
        }
    }

    private async Task EncodeAsync(byte[] pixels, string path, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{_options.Size}x{_options.Size}",
            "-r", $"{FrameRate}", "-i", "-",
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "15", "-pix_fmt", "yuv420p", "-threads", "1", path,
        ];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var error = ffmpeg.StandardError.ReadToEndAsync(cancellation);
            var written = await TryWriteAsync(ffmpeg.StandardInput, pixels, cancellation);
            await ffmpeg.WaitForExitAsync(cancellation);
            if (ffmpeg.ExitCode != 0 || !written)
            {
                throw new InvalidOperationException($"ffmpeg could not write {path}: {await error}");
            }
        }
        finally
        {
            if (!ffmpeg.HasExited)
            {
                ffmpeg.Kill();
            }
        }
    }

    // False where ffmpeg ended before it had read everything; what it says is the better message.
    private static async Task<bool> TryWriteAsync(StreamWriter input, byte[] pixels, CancellationToken cancellation)
    {
        try
        {
            await input.BaseStream.WriteAsync(pixels, cancellation);
            input.Close();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
