using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Clips.Augmentation;

public sealed class AugmentationOptionsTests
{
    [Fact]
    public void Defaults_are_those_of_RSPNet()
    {
        var options = AugmentationOptions.Rspnet;
        Assert.Equal((112, new ValueRange(0.4, 1), new ValueRange(0.75, 4.0 / 3)), (options.Size, options.CropArea, options.CropAspect));
        Assert.Equal((0.5, 0.2), (options.FlipProbability, options.GrayscaleProbability));
        Assert.Equal((1, 0), (options.JitterProbability, options.BlurProbability));
        Assert.Equal((0.4, 0.4, 0.4, 0.4), (options.Brightness, options.Contrast, options.Saturation, options.Hue));
        var plus = AugmentationOptions.RspnetPlus;
        Assert.Equal((0.8, 0.1), (plus.JitterProbability, plus.Hue));
        Assert.Equal((0.5, 3, new ValueRange(1.5, 1.5)), (plus.BlurProbability, plus.BlurKernel, plus.BlurSigma));
    }

    public static TheoryData<string, Func<AugmentationOptions>> Wrong =>
        new()
        {
            {
                "Size",
                () =>
                    new() { Size = 0 }
            },
            {
                "CropArea",
                () =>
                    new() { CropArea = new(0, 1) }
            },
            {
                "CropArea",
                () =>
                    new() { CropArea = new(0.5, 1.1) }
            },
            {
                "CropArea",
                () =>
                    new() { CropArea = new(0.6, 0.5) }
            },
            {
                "CropAspect",
                () =>
                    new() { CropAspect = new(0, 1) }
            },
            {
                "CropAspect",
                () =>
                    new() { CropAspect = new(1, double.PositiveInfinity) }
            },
            {
                "FlipProbability",
                () =>
                    new() { FlipProbability = 1.1 }
            },
            {
                "GrayscaleProbability",
                () =>
                    new() { GrayscaleProbability = -0.1 }
            },
            {
                "JitterProbability",
                () =>
                    new() { JitterProbability = double.NaN }
            },
            {
                "Brightness",
                () =>
                    new() { Brightness = 1.1 }
            },
            {
                "Contrast",
                () =>
                    new() { Contrast = -1 }
            },
            {
                "Saturation",
                () =>
                    new() { Saturation = 2 }
            },
            {
                "Hue",
                () =>
                    new() { Hue = 0.6 }
            },
            {
                "BlurProbability",
                () =>
                    new() { BlurProbability = 2 }
            },
            {
                "BlurKernel",
                () =>
                    new() { BlurKernel = 4 }
            },
            {
                "BlurSigma",
                () =>
                    new() { BlurSigma = new(2, 1) }
            },
            {
                "Mean",
                () =>
                    new() { Mean = new(float.NaN) }
            },
            {
                "Std",
                () =>
                    new() { Std = new(1, 0, 1) }
            },
        };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Refuses_values_out_of_range_by_name(string name, Func<AugmentationOptions> options) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, options);

    [Fact]
    public void Refuses_a_blur_that_is_wider_than_the_clip() =>
        Assert.Equal(
            "BlurKernel 9 is too large for clips of Size 4: it must be less than twice the size.",
            Assert
                .Throws<ArgumentException>(() => new ClipAugmentation(AugmentationOptions.RspnetPlus with { Size = 4, BlurKernel = 9 }))
                .Message
        );

    [Fact]
    public void Survives_a_run_folder()
    {
        var options = AugmentationOptions.RspnetPlus with { Size = 64, CropArea = new(0.2, 0.9), Mean = new(0.1f, 0.2f, 0.3f) };
        Assert.Equal(options, OptionsJson.FromJson<AugmentationOptions>(OptionsJson.ToJson(options)));
    }
}
