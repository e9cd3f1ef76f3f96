using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Clips.Augmentation;

// Compares the result of an operation on a clip with scalar arithmetic on every pixel.
internal static class PixelCheck
{
    private const int Plane = 2 * 5 * 4;

    public static void Every(Action<Tensor> apply, Func<Pixel, Pixel[], Pixel> naive)
    {
        using var scope = NewDisposeScope();
        var clip = Colours();
        var pixels = Pixels(clip);
        apply(clip);

        Assert.All(
            Pixels(clip).Zip(pixels, (actual, pixel) => (actual, naive(pixel, pixels))),
            pair =>
            {
                var (actual, (r, g, b)) = pair;
                Assert.Equal(r, actual.R, 1e-5);
                Assert.Equal(g, actual.G, 1e-5);
                Assert.Equal(b, actual.B, 1e-5);
            }
        );
    }

    // (3, 2, 5, 4): random colours. Some are gray, black or white, or have two equal channels.
    public static Tensor Colours()
    {
        var numbers = new float[3 * Plane];
        new RandomStream(1, "colours").FillUniform(numbers);
        for (var i = 0; i < 10; i++)
        {
            numbers[i + Plane] = numbers[i];
            numbers[i + 2 * Plane] = i < 5 ? numbers[i] : numbers[i + 2 * Plane];
        }

        (numbers[0], numbers[Plane], numbers[2 * Plane]) = (0, 0, 0);
        (numbers[1], numbers[1 + Plane], numbers[1 + 2 * Plane]) = (1, 1, 1);
        return tensor(numbers, [3, 2, 5, 4]);
    }

    public static double Brightness(Pixel pixel) => 0.2989 * pixel.R + 0.587 * pixel.G + 0.114 * pixel.B;

    public static double Clamp(double colour) => Math.Clamp(colour, 0, 1);

    public static Pixel Each(Pixel pixel, Func<double, double> change) => (change(pixel.R), change(pixel.G), change(pixel.B));

    private static Pixel[] Pixels(Tensor clip)
    {
        float[] numbers = [.. clip.data<float>()];
        return [.. Enumerable.Range(0, Plane).Select(i => new Pixel(numbers[i], numbers[i + Plane], numbers[i + 2 * Plane]))];
    }
}

internal readonly record struct Pixel(double R, double G, double B)
{
    public static implicit operator Pixel((double R, double G, double B) colours) => new(colours.R, colours.G, colours.B);
}
