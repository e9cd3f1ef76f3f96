using System.Text.Json;

namespace Tacit.Inference.Tests.Golden;

internal sealed record ResizeCase(int Width, int Height, byte[] Pixels, int ToWidth, int ToHeight, byte[] Expected);

internal sealed record CropCase(int Width, int Height, byte[] Pixels, int ShortSide, int ToWidth, int ToHeight, byte[] Expected);

internal sealed record DecodeCase(string Name, byte[] File, int Width, int Height, byte[] Expected);

// The output of PIL and torchvision, written by make.py.
internal sealed record GoldenImages(ResizeCase[] Resize, CropCase[] Crop, DecodeCase[] Decode)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static GoldenImages All { get; } = Load();

    public static byte[] File(string name) => [.. All.Decode.Single(image => image.Name == name).File];

    private static GoldenImages Load()
    {
        using var stream = typeof(GoldenImages).Assembly.GetManifestResourceStream("images.json")!;
        return JsonSerializer.Deserialize<GoldenImages>(stream, Json)!;
    }
}
