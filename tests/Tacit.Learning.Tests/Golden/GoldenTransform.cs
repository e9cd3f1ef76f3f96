using System.Text.Json;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Learning.Tests.Golden;

// The result of torchvision for a clip, written by augmentation.py. Every seventh number is stored.
internal sealed record GoldenTransform(string Operation, double[] Arguments, float[] Output)
{
    public const int Keep = 7;

    private const int Frames = 3;
    private const int Height = 14;
    private const int Width = 18;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<GoldenTransform> All { get; } = Load();

    /// <summary>The clip, as in augmentation.py.</summary>
    public static VideoFrames Clip()
    {
        var pixels = new byte[Frames * Height * Width * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var x = unchecked(((uint)i ^ ((uint)i >> 16)) * 0x7FEB352D);
            x = unchecked((x ^ (x >> 15)) * 0x846CA68B);
            x ^= x >> 16;
            var (row, column) = (i / 3 / Width % Height, i / 3 % Width);
            pixels[i] = (row, column) switch
            {
                (< 3, < 4) when i % 3 > 0 => pixels[i - i % 3],
                (>= 3 and < 5, < 4) => 0,
                (>= 5 and < 7, < 4) => 255,
                _ => (byte)(x >> 24),
            };
        }

        return new(Frames, Height, Width, pixels);
    }

    private static GoldenTransform[] Load()
    {
        using var stream = typeof(GoldenTransform).Assembly.GetManifestResourceStream("augmentation.json")!;
        return JsonSerializer.Deserialize<GoldenTransform[]>(stream, Json)!;
    }
}
