using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class GoldenTransformTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, GoldenTransform.All.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operations_compute_what_torchvision_computes(int index)
    {
        var (operation, arguments, expected) = GoldenTransform.All[index];
        using var scope = NewDisposeScope();
        float[] output = [.. Transformed(operation, arguments).data<float>()];

        Assert.Equal(expected.Length, (output.Length + GoldenTransform.Keep - 1) / GoldenTransform.Keep);
        Assert.All(expected.Index(), number => Assert.Equal(number.Item, output[number.Index * GoldenTransform.Keep], 1e-5f));
    }

    private static Tensor Transformed(string operation, double[] arguments)
    {
        var frames = GoldenTransform.Clip();
        var clip = new CropBox(0, 0, frames.Height, frames.Width).Cut(frames); // (3, T, H, W)
        switch (operation)
        {
            case "brightness":
                ColorJitter.AdjustBrightness(clip, arguments[0]);
                return clip;
            case "contrast":
                ColorJitter.AdjustContrast(clip, arguments[0]);
                return clip;
            case "saturation":
                ColorJitter.AdjustSaturation(clip, arguments[0]);
                return clip;
            case "hue":
                HueRotation.Apply(clip, arguments[0]);
                return clip;
            case "grayscale":
                Grayscale.Apply(clip);
                return clip;
            case "blur":
                GaussianBlur.Apply(clip, (int)arguments[0], arguments[1]);
                return clip;
            case "resize":
                int[] box = [.. arguments.Select(number => (int)number)];
                return new CropBox(box[0], box[1], box[2], box[3]).Resized(frames, box[4]);
            default:
                throw new ArgumentException(operation, nameof(operation));
        }
    }
}
