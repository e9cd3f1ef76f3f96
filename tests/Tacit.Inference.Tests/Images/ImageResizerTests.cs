using CsCheck;
using Tacit.Inference.Images;
using Tacit.Inference.Tests.Golden;

namespace Tacit.Inference.Tests.Images;

public sealed class ImageResizerTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, GoldenImages.All.Resize.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_same_bytes_as_PIL(int index)
    {
        var golden = GoldenImages.All.Resize[index];

        var resized = ImageResizer.Resize(new RgbImage(golden.Width, golden.Height, golden.Pixels), golden.ToWidth, golden.ToHeight);

        Assert.Equal(golden.Expected, resized.Pixels.ToArray());
    }

    [Fact]
    public void Leaves_an_image_of_the_size_alone()
    {
        var image = new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]);

        Assert.Same(image, ImageResizer.Resize(image, 2, 1));
    }

    [Fact]
    public void Keeps_a_uniform_image_uniform() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte)
            .Sample(
                (width, height, toWidth, toHeight, value) =>
                {
                    var pixels = new byte[3 * width * height];
                    Array.Fill(pixels, value);
                    return ImageResizer.Resize(new RgbImage(width, height, pixels), toWidth, toHeight).Pixels.IndexOfAnyExcept(value) < 0;
                },
                iter: 100
            );

    [Fact]
    public void Agrees_with_a_plain_weighted_mean_to_one_step() =>
        Gen.Select(Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int)
            .Sample(
                (width, height, toWidth, toHeight, seed) =>
                {
                    var pixels = new byte[3 * width * height];
                    new Random(seed).NextBytes(pixels);
                    var resized = ImageResizer.Resize(new RgbImage(width, height, pixels), toWidth, toHeight).Pixels;
                    for (var i = 0; i < resized.Length; i++)
                    {
                        var expected = Naive(pixels, width, height, toWidth, toHeight, i / 3 % toWidth, i / 3 / toWidth, i % 3);
                        Assert.InRange(resized[i], expected - 1.01, expected + 1.01);
                    }
                },
                iter: 30
            );

    // Every source pixel with its triangle weight in both directions, in double precision.
    private static double Naive(byte[] pixels, int width, int height, int toWidth, int toHeight, int x, int y, int channel)
    {
        double sum = 0,
            weights = 0;
        for (var j = 0; j < height; j++)
        {
            for (var i = 0; i < width; i++)
            {
                var weight = Weight(i, width, x, toWidth) * Weight(j, height, y, toHeight);
                sum += weight * pixels[3 * (j * width + i) + channel];
                weights += weight;
            }
        }

        return sum / weights;
    }

    private static double Weight(int from, int size, int to, int toSize)
    {
        var scale = (double)size / toSize;
        return Math.Max(0, 1 - Math.Abs((from + 0.5 - (to + 0.5) * scale) / Math.Max(1, scale)));
    }
}
