using System.Text.Json;

namespace Tacit.Inference.Tests.Golden;

// The output of torch for a clip, written by clips.py.
internal sealed record GoldenClip(int Frames, int Height, int Width, int Size, float[] Mean, float[] Std, byte[] Pixels, float[] Expected)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static GoldenClip[] All { get; } = Load();

    private static GoldenClip[] Load()
    {
        using var stream = typeof(GoldenClip).Assembly.GetManifestResourceStream("clips.json")!;
        return JsonSerializer.Deserialize<GoldenClip[]>(stream, Json)!;
    }
}
