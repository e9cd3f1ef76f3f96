using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Changes brightness, contrast, saturation and hue of a clip by factors that apply to all of its frames.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>brightness: x · b</item>
/// <item>contrast: x · c + (1 - c) · mean brightness of the whole clip, so that a light that is switched on remains visible</item>
/// <item>saturation: x · s + (1 - s) · brightness of the pixel</item>
/// <item>hue: see <see cref="HueRotation"/></item>
/// </list>
/// After each of the first three, colours are clamped to [0, 1].
/// </remarks>
/// <param name="Brightness">The factor b.</param>
/// <param name="Contrast">The factor c.</param>
/// <param name="Saturation">The factor s.</param>
/// <param name="Hue">The rotation of the hue as a share of the full circle, -0.5 to 0.5.</param>
/// <param name="Order">The order of the four changes, a permutation of 0 (brightness) to 3 (hue).</param>
internal sealed record ColorJitter(double Brightness, double Contrast, double Saturation, double Hue, int[] Order)
{
    /// <summary>Draws the factors uniformly from the ranges of the options, and a random order.</summary>
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

    /// <summary>Changes a clip in place.</summary>
    /// <param name="clip">The clip, (3, T, H, W), with colours in [0, 1].</param>
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

    /// <summary>Multiplies all colours by a factor and clamps them to [0, 1], in place.</summary>
    internal static void AdjustBrightness(Tensor clip, double factor)
    {
        if (factor != 1)
        {
            clip.mul_(factor).clamp_(0, 1);
        }
    }

    /// <summary>Moves all colours away from the mean brightness of the clip, or towards it, in place.</summary>
    internal static void AdjustContrast(Tensor clip, double factor)
    {
        if (factor != 1)
        {
            using var brightness = Grayscale.Of(clip);
            using var mean = brightness.mean().mul_(1 - factor);
            clip.mul_(factor).add_(mean).clamp_(0, 1);
        }
    }

    /// <summary>Moves all colours away from the brightness of their pixel, or towards it, in place.</summary>
    internal static void AdjustSaturation(Tensor clip, double factor)
    {
        if (factor != 1)
        {
            using var brightness = Grayscale.Of(clip);
            clip.mul_(factor).add_(brightness.mul_(1 - factor)).clamp_(0, 1);
        }
    }
}
