using System.Diagnostics;
using Tacit.Inference;
using Tacit.Inference.Video.Decoding;

namespace Tacit.TestKit;

/// <summary>The result of comparing windows of a video with what ffmpeg reads from the start of the file.</summary>
/// <param name="Expected">The number of frames that ffmpeg reads.</param>
/// <param name="Frames">The number of frames that the probe finds.</param>
/// <param name="Windows">The number of windows that were compared.</param>
/// <param name="Equal">The number of windows with equal bytes.</param>
/// <param name="Refusal">Why the video is not read; null if it is.</param>
public sealed record VideoWindows(int Expected, int Frames, int Windows, int Equal, string? Refusal)
{
    /// <summary>Whether all frames were found and every window is right.</summary>
    public bool IsRight => Refusal is null && Expected == Frames && Windows == Equal && Windows > 0;

    /// <summary>Compares windows all over a video.</summary>
    /// <param name="path">The video.</param>
    /// <param name="step">The distance between the starts of windows.</param>
    /// <param name="count">The number of frames of a window; fewer at the end of the video.</param>
    /// <param name="stride">The distance between the frames of a window.</param>
    /// <param name="start">The first frame of the first window. Default 0.</param>
    public static async Task<VideoWindows> CompareAsync(string path, int step, int count, int stride, int start = 0)
    {
        var size = FrameSize.Original;
        var expected = await ReadFromStartAsync(path);
        VideoInfo info;
        try
        {
            info = await new VideoProbe().RunAsync(path);
        }
        catch (InvalidVideoException exception)
        {
            return new VideoWindows(expected.Length, 0, 0, 0, exception.Message.Replace($"{path}: ", "", StringComparison.Ordinal));
        }

        var bytes = 3 * info.Width * info.Height;
        if (expected.Length % bytes != 0)
        {
            return new VideoWindows(-1, info.Frames, 0, 0, $"frames are not {info.Width} x {info.Height}");
        }

        var reader = new VideoReader();
        var (windows, equal, refusal) = (0, 0, (string?)null);
        for (var first = Math.Min(start, info.Frames - 1); first < info.Frames; first += step)
        {
            windows++;
            var there = Math.Min(count, ((info.Frames - 1 - first) / stride) + 1);
            try
            {
                var frames = await reader.ReadAsync(info, new FrameRange(first, there, stride), size);
                equal += Enumerable.Range(0, there).All(i => IsFrame(frames[i], first + (i * stride))) ? 1 : 0;
            }
            catch (InvalidVideoException exception)
            {
                refusal = exception.Message.Replace($"{path}: ", "", StringComparison.Ordinal);
            }
        }

        var result = new VideoWindows(expected.Length / bytes, info.Frames, windows, equal, refusal);
        if (result is { Refusal: null, IsRight: false })
        {
            // Some decoders leave a part of the frame as it was in memory.
            for (var i = 0; i < 5; i++)
            {
                var again = await ReadFromStartAsync(path);
                if (!expected.AsSpan().SequenceEqual(again))
                {
                    return result with { Refusal = "ffmpeg decodes other frames each time" };
                }
            }
        }

        return result;

        bool IsFrame(ReadOnlySpan<byte> frame, int number) =>
            (number + 1) * bytes <= expected.Length && frame.SequenceEqual(expected.AsSpan(number * bytes, bytes));
    }

    // All frames, of the stream that ffmpeg chooses.
    private static async Task<byte[]> ReadFromStartAsync(string path)
    {
        string[] arguments =
        [
            "-v",
            "quiet",
            "-nostdin",
            "-threads",
            "1",
            "-i",
            "file:" + path,
            "-an",
            "-sn",
            "-dn",
            GeneratedVideo.FrameSync,
            "passthrough",
            "-vf",
            "scale=flags=bilinear+accurate_rnd+full_chroma_int+bitexact,format=rgb24",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "pipe:1",
        ];
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", arguments) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return output.ToArray();
    }
}
