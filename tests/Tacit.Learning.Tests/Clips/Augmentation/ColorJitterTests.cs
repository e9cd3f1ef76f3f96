using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class ColorJitterTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(1.7)]
    public void Brightness_is_multiplied(double factor) =>
        PixelCheck.Every(
            clip => ColorJitter.AdjustBrightness(clip, factor),
            (pixel, _) => PixelCheck.Each(pixel, colour => PixelCheck.Clamp(colour * factor))
        );

    [Theory]
    [InlineData(0.3)]
    [InlineData(1.7)]
    public void Contrast_grows_about_the_brightness_of_the_whole_clip(double factor) =>
        PixelCheck.Every(
            clip => ColorJitter.AdjustContrast(clip, factor),
            (pixel, all) =>
                PixelCheck.Each(pixel, colour => PixelCheck.Clamp(factor * colour + (1 - factor) * all.Average(PixelCheck.Brightness)))
        );

    [Theory]
    [InlineData(0.3)]
    [InlineData(1.7)]
    public void Saturation_grows_about_the_brightness_of_the_pixel(double factor) =>
        PixelCheck.Every(
            clip => ColorJitter.AdjustSaturation(clip, factor),
            (pixel, _) => PixelCheck.Each(pixel, colour => PixelCheck.Clamp(factor * colour + (1 - factor) * PixelCheck.Brightness(pixel)))
        );

    [Fact]
    public void Jitter_changes_in_the_order_that_was_drawn()
    {
        using var scope = NewDisposeScope();
        var (jittered, expected) = (PixelCheck.Colours(), PixelCheck.Colours());
        new ColorJitter(1.3, 0.7, 1.6, 0.2, [3, 1, 0, 2]).Apply(jittered);
        HueRotation.Apply(expected, 0.2);
        ColorJitter.AdjustContrast(expected, 0.7);
        ColorJitter.AdjustBrightness(expected, 1.3);
        ColorJitter.AdjustSaturation(expected, 1.6);

        Assert.Equal(expected.data<float>(), jittered.data<float>());
    }

    [Fact]
    public void Jitter_draws_factors_around_one_in_any_order()
    {
        var options = new AugmentationOptions
        {
            Brightness = 0.1,
            Contrast = 0.2,
            Saturation = 0.3,
            Hue = 0.4,
        };
        var drawn = Enumerable.Range(0, 2000).Select(i => ColorJitter.Draw(options, new RandomStream(1, "jitter", 0, i))).ToArray();

        AssertFills(drawn.Select(jitter => jitter.Brightness), 0.9, 1.1);
        AssertFills(drawn.Select(jitter => jitter.Contrast), 0.8, 1.2);
        AssertFills(drawn.Select(jitter => jitter.Saturation), 0.7, 1.3);
        AssertFills(drawn.Select(jitter => jitter.Hue), -0.4, 0.4);
        Assert.Equal(24, drawn.Select(jitter => string.Join("", jitter.Order)).Distinct().Count());
    }

    private static void AssertFills(IEnumerable<double> numbers, double low, double high)
    {
        double[] sorted = [.. numbers.Order()];
        Assert.InRange(sorted[0], low, low + 0.01 * (high - low));
        Assert.InRange(sorted[^1], high - 0.01 * (high - low), high);
        Assert.Equal((low + high) / 2, sorted.Average(), 0.05 * (high - low));
    }
}
