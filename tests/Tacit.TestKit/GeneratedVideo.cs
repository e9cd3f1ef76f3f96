using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Tacit.TestKit;

/// <summary>A video whose frames encode their number as black and white blocks, which remain readable after encoding and scaling.</summary>
/// <remarks>
/// There are 4 x 4 blocks. The corners are white on the left and black on the right, which shows the rotation of the picture; the other
/// twelve are the bits of the number. A test is skipped if ffmpeg is not installed.
/// </remarks>
public sealed record GeneratedVideo
{
    private static readonly Lazy<string> FrameSyncOption = new(() =>
        Output("-h", "full").Contains("-fps_mode", StringComparison.Ordinal) ? "-fps_mode" : "-vsync"
    );

    /// <summary>The option of the installed ffmpeg that passes frames through: -fps_mode, which replaces -vsync since 5.1.</summary>
    public static string FrameSync => FrameSyncOption.Value;

    /// <summary>The displayed width in pixels.</summary>
    public int Width { get; init; } = 64;

    /// <summary>The displayed height in pixels.</summary>
    public int Height { get; init; } = 48;

    /// <summary>The number of frames, at most 4,096.</summary>
    public int Frames { get; init; } = 30;

    /// <summary>Frames per second.</summary>
    public int FrameRate { get; init; } = 30;

    /// <summary>Whether the intervals between frames vary from 20 to 80 ms instead.</summary>
    public bool IsVariable { get; init; }

    /// <summary>The time of the first frame in milliseconds.</summary>
    public int Start { get; init; }

    /// <summary>The number of consecutive B-frames.</summary>
    public int BFrames { get; init; }

    /// <summary>The number of frames from one key frame to the next.</summary>
    public int KeyInterval { get; init; } = 12;

    /// <summary>Whether B-frames may refer across a key frame.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The clockwise rotation from the stored to the displayed picture in degrees: 0, 90, 180 or 270. MP4 only.</summary>
    public int Rotation { get; init; }

    /// <summary>A clockwise rotation by any angle in degrees, declared without turning the stored picture. MP4 only.</summary>
    public int Slant { get; init; }

    /// <summary>The encoder.</summary>
    public string Codec { get; init; } = "libx264";

    /// <summary>The pixel format. Odd sizes need yuv444p.</summary>
    public string PixelFormat { get; init; } = "yuv420p";

    /// <summary>Whether the file has a silent audio track.</summary>
    public bool HasSound { get; init; }

    /// <summary>Additional output options of ffmpeg.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Returns the time of a frame in milliseconds after the first one.</summary>
    public int TimeOf(int frame) => IsVariable ? (50 * frame) + (frame * frame * 7 % 31) - (frame > 0 ? 15 : 0) : frame * 1000 / FrameRate;

    /// <summary>Writes the video in the format of the file extension.</summary>
    public string Write(string path)
    {
        SkipWithoutFfmpeg();
        var stored = Rotation is 90 or 270 ? (Width: Height, Height: Width) : (Width, Height);
        List<string> arguments =
        [
            "-loglevel",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "gray",
            "-s",
            Invariant($"{stored.Width}x{stored.Height}"),
            "-r",
            Invariant(IsVariable ? 1000 : FrameRate),
            "-i",
            "pipe:0",
        ];
        if (HasSound)
        {
            arguments.AddRange(["-f", "lavfi", "-i", "anullsrc", "-shortest"]);
        }

        if (IsVariable)
        {
            var milliseconds = $"(50*N+mod(N*N*7,31)-15*gt(N,0)+{Start})/1000/TB";
            arguments.AddRange(["-vf", $"setpts='{milliseconds}'", FrameSync, "passthrough"]);
        }
        else if (Start != 0)
        {
            arguments.AddRange(["-vf", Invariant($"setpts=PTS+{Start}/1000/TB")]);
        }

        arguments.AddRange(["-c:v", Codec, "-pix_fmt", PixelFormat, "-g", Invariant(KeyInterval), "-threads", "1"]);
        arguments.AddRange(
            Codec switch
            {
                "libx264" => ["-preset", "veryfast", "-bf", Invariant(BFrames), "-x264-params", $"scenecut=0:open-gop={(IsOpen ? 1 : 0)}"],
                "mpeg4" or "mpeg2video" => ["-bf", Invariant(BFrames), "-q:v", "3"],
                "libx265" => ["-preset", "veryfast", "-x265-params", "log-level=none:pools=1:frame-threads=1"],
                _ => [],
            }
        );
        EncodedVideos.Write(path, [.. arguments, .. Options], [.. Enumerable.Range(0, Frames).SelectMany(Draw)]);
        if (Rotation + Slant != 0)
        {
            Turn(path, Rotation + Slant);
        }

        return path;
    }

    /// <summary>
    /// Returns the number encoded in a frame of any size, height x width x 3; -1 if there is none or the picture is not upright.
    /// </summary>
    public static int NumberOf(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var number = 0;
        for (var (block, bit) = (0, 0); block < 16; block++)
        {
            var white = IsWhite(pixels, width, height, block % 4, block / 4);
            if (block is 0 or 3 or 12 or 15)
            {
                if (white != block % 4 < 2)
                {
                    return -1;
                }
            }
            else
            {
                number |= white ? 1 << bit : 0;
                bit++;
            }
        }

        return number;
    }

    /// <summary>Skips the test if ffmpeg is not installed.</summary>
    public static void SkipWithoutFfmpeg() =>
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))),
            "ffmpeg is not installed"
        );

    /// <summary>Skips the test if ffmpeg is not installed, or lacks an encoder.</summary>
    public static void SkipWithoutEncoder(string name)
    {
        SkipWithoutFfmpeg();
        Assert.SkipUnless(Output("-encoders").Contains($" {name} ", StringComparison.Ordinal), $"this ffmpeg has no encoder {name}");
    }

    /// <summary>Runs ffmpeg and writes data to its standard input.</summary>
    public static void Run(IEnumerable<string> arguments, Action<Stream>? write = null)
    {
        SkipWithoutFfmpeg();
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        using (var input = process.StandardInput.BaseStream)
        {
            try
            {
                write?.Invoke(input);
            }
            catch (IOException)
            {
                // ffmpeg ended early. Its output states the reason.
            }
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
    }

    private static string Output(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-v", "quiet", .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        return process.StandardOutput.ReadToEnd();
    }

    // The picture as stored, rotated in the opposite direction.
    private byte[] Draw(int frame)
    {
        var (width, height) = Rotation is 90 or 270 ? (Height, Width) : (Width, Height);
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (shownX, shownY) = Rotation switch
                {
                    90 => (Width - 1 - y, x),
                    180 => (Width - 1 - x, Height - 1 - y),
                    270 => (y, Height - 1 - x),
                    _ => (x, y),
                };
                pixels[(y * width) + x] = IsWhite(frame, 4 * shownX / Width, 4 * shownY / Height) ? (byte)235 : (byte)16;
            }
        }

        return pixels;
    }

    private static bool IsWhite(int number, int column, int row)
    {
        var block = (4 * row) + column;
        var bit =
            block
            - (
                block > 12 ? 3
                : block > 3 ? 2
                : 1
            );
        return block is 0 or 12 || (block is not (3 or 15) && (number >> bit & 1) == 1);
    }

    // The mean of the middle of a block.
    private static bool IsWhite(ReadOnlySpan<byte> pixels, int width, int height, int column, int row)
    {
        var (sum, count) = (0L, 0);
        for (var y = ((8 * row) + 3) * height / 32; y <= ((8 * row) + 5) * height / 32; y++)
        {
            for (var x = ((8 * column) + 3) * width / 32; x <= ((8 * column) + 5) * width / 32; x++)
            {
                sum += pixels[3 * ((y * width) + x)];
                count++;
            }
        }

        return sum > 128L * count;
    }

    // Writes the rotation into the track header of an MP4 file. No option of ffmpeg does this in all versions.
    private static void Turn(string path, int rotation)
    {
        var file = File.ReadAllBytes(path);
        var matrix = file.AsSpan(file.AsSpan().IndexOf("tkhd"u8) + 44); // version 0
        var (sine, cosine) = double.SinCos(rotation * Math.PI / 180);
        var (y, x) = ((int)Math.Round(65536 * sine), (int)Math.Round(65536 * cosine));
        ReadOnlySpan<int> values = [x, y, 0, -y, x, 0, 0, 0, 1 << 30];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], values[i]);
        }

        File.WriteAllBytes(path, file);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
