using Tacit.Graphs;
using Tacit.Inference.Images;
using Tacit.Inference.Tests.Golden;

namespace Tacit.Inference.Tests.Images;

public sealed class ImageDecoderTests
{
    public static TheoryData<string> Names => [.. GoldenImages.All.Decode.Select(image => image.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_the_same_pixels_as_PIL(string name)
    {
        var golden = GoldenImages.All.Decode.Single(image => image.Name == name);

        var image = ImageDecoder.Decode(golden.File, name);

        Assert.Equal((golden.Width, golden.Height), (image.Width, image.Height));
        var worst = golden.Expected.Zip(image.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst == 0, $"{name}: {worst}");
    }

    [Theory]
    [InlineData("rgb.jpg")]
    [InlineData("rgb.png")]
    [InlineData("rgb.webp")]
    [InlineData("rgb.bmp")]
    public void Refuses_an_image_that_ends_early(string name)
    {
        var file = GoldenImages.File(name);

        Assert.Throws<InvalidFileException>(() => ImageDecoder.Decode(file.AsSpan(0, file.Length * 2 / 3), name));
    }

    [Fact]
    public void Says_what_it_takes_when_given_something_else()
    {
        var exception = Assert.Throws<InvalidFileException>(() => ImageDecoder.Decode("not an image"u8, "a.png"));

        Assert.Equal("a.png is not a JPEG, PNG, BMP or WebP image", exception.Message);
    }

    [Fact]
    public void Refuses_nothing_at_all() => Assert.Throws<InvalidFileException>(() => ImageDecoder.Decode([], "a.png"));

    [Fact]
    public void Refuses_a_small_file_that_claims_a_huge_picture()
    {
        var png = GoldenImages.File("rgb.png");
        byte[] header = [.. "IHDR"u8, 0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50, 8, 2, 0, 0, 0];
        header.CopyTo(png, 12);
        BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Crc(header))).CopyTo(png, 29);

        var exception = Assert.Throws<InvalidFileException>(() => ImageDecoder.Decode(png, "a.png"));

        Assert.Contains("claims 50000 x 50000 pixels", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_a_file_cannot_be_read() =>
        Assert.Contains(
            "nowhere.png cannot be read",
            Assert.Throws<InvalidFileException>(() => ImageDecoder.Read("nowhere.png")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Reads_back_what_the_encoder_wrote()
    {
        byte[] pixels = [0, 1, 2, 255, 128, 7, 9, 8, 7, 40, 50, 60, 1, 1, 1, 200, 100, 0];

        var image = ImageDecoder.Decode(ImageEncoder.ToPng(new RgbImage(3, 2, pixels)));

        Assert.Equal(pixels, image.Pixels.ToArray());
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
