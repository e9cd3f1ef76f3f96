using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

// Changes brightness, contrast, saturation and hue of a clip by factors that hold for all of its frames, in a random order.
internal sealed record ColorJitter(double Brightness, double Contrast, double Saturation, double Hue, int[] Order)
{
    public static ColorJitter Draw(AugmentationOptions options, RandomStream random)
    {
        return new(
            1 + Around(options.Brightness),
            1 + Around(options.Contrast),
            1 + Around(options.Saturation),
            Around(options.Hue),
            random.Permutation(4)
        );

        double Around(double distance) => distance * (2 * random.NextDouble() - 1);
    }

    // A clip (3, T, H, W) of colours from 0 to 1, in place.
    public void Apply(Tensor clip)
    {
        foreach (var change in Order)
        {
            switch (change)
            {
                case 0:
                    AdjustBrightness(clip, Brightness);
                    break;
                case 1:
                    AdjustContrast(clip, Contrast);
                    break;
                case 2:
                    AdjustSaturation(clip, Saturation);
                    break;
                default:
                    HueRotation.Apply(clip, Hue);
                    break;
            }
        }
    }

    internal static void AdjustBrightness(Tensor clip, double factor)
    {
        if (factor != 1)
        {
            clip.mul_(factor).clamp_(0, 1);
        }
    }

    // Away from or towards the mean brightness of the whole clip, so that a light that goes on is still seen to.
    internal static void AdjustContrast(Tensor clip, double factor)
    {
        if (factor != 1)
        {
            using var brightness = Grayscale.Of(clip);
            using var mean = brightness.mean().mul_(1 - factor);
            clip.mul_(factor).add_(mean).clamp_(0, 1);
        }
    }

    internal static void AdjustSaturation(Tensor clip, double factor)
    {
        if (factor != 1)
        {
            using var brightness = Grayscale.Of(clip);
            clip.mul_(factor).add_(brightness.mul_(1 - factor)).clamp_(0, 1);
        }
    }
}
