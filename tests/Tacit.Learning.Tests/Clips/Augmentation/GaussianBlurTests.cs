using Tacit.Learning.Clips.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class GaussianBlurTests
{
    [Theory]
    [InlineData(3, 1.5)]
    [InlineData(5, 0.3)]
    [InlineData(7, 3)]
    public void A_blur_is_the_mean_of_the_neighbourhood_under_a_bell(int kernel, double sigma)
    {
        using var scope = NewDisposeScope();
        var clip = new CropBox(0, 0, 6, 8).Cut(RandomClips.Of(2, 6, 8));
        float[] input = [.. clip.data<float>()];
        GaussianBlur.Apply(clip, kernel, sigma);

        Assert.All(
            clip.data<float>().ToArray().Index(),
            number => Assert.Equal(Blurred(input, number.Index, 6, 8, kernel / 2, sigma), number.Item, 1e-5)
        );
    }

    private static double Blurred(float[] input, int index, int height, int width, int reach, double sigma)
    {
        var (plane, row, column) = (index / (height * width), index / width % height, index % width);
        var (sum, weights) = (0.0, 0.0);
        for (var i = -reach; i <= reach; i++)
        {
            for (var j = -reach; j <= reach; j++)
            {
                var weight = Math.Exp(-(i * i + j * j) / (2 * sigma * sigma));
                sum += weight * input[(plane * height + Mirrored(row + i, height)) * width + Mirrored(column + j, width)];
                weights += weight;
            }
        }

        return sum / weights;
    }

    private static int Mirrored(int i, int length) =>
        i < 0 ? -i
        : i >= length ? 2 * (length - 1) - i
        : i;
}
