using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Rotates the hue of the HSV colour model. Value and saturation stay.</summary>
/// <remarks>
/// With the smallest channel m, the chroma C (largest minus smallest channel) and the hue h in [0, 6): R = m + C · clamp(|h - 3| - 1, 0,
/// 1), G = m + C · clamp(2 - |h - 2|, 0, 1) and B = m + C · clamp(2 - |h - 4|, 0, 1). The saturation is not needed.
/// </remarks>
internal static class HueRotation
{
    private const double SmallestChroma = 1e-12; // gray: every numerator is 0

    /// <summary>Rotates the hue of a clip in place.</summary>
    /// <param name="clip">The clip, (3, T, H, W), with colours in [0, 1].</param>
    /// <param name="turn">The rotation as a share of the full circle: h increases by 6 · turn. 0 leaves the clip as it is.</param>
    public static void Apply(Tensor clip, double turn)
    {
        if (turn == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (red, green, blue) = (clip[0], clip[1], clip[2]); // (T, H, W), views
        var value = maximum(red, green).maximum(blue);
        var least = minimum(red, green).minimum(blue);
        var chroma = value - least;
        var hue = Hue(red, green, blue, value, chroma).add_(6 * turn);
        hue.sub_((hue / 6).floor_().mul_(6)); // several times as fast as remainder
        Write(red, (hue - 3).abs_().sub_(1));
        Write(green, (hue - 2).abs_().neg_().add_(2));
        Write(blue, (hue - 4).abs_().neg_().add_(2));

        void Write(Tensor channel, Tensor share) => channel.copy_(share.clamp_(0, 1).mul_(chroma).add_(least));
    }

    private static Tensor Hue(Tensor red, Tensor green, Tensor blue, Tensor value, Tensor chroma)
    {
        var divisor = chroma.clamp_min(SmallestChroma);
        var nearRed = (green - blue).div_(divisor);
        var nearGreen = (blue - red).div_(divisor).add_(2);
        var nearBlue = (red - green).div_(divisor).add_(4);
        return where(value.eq(red), nearRed, where(value.eq(green), nearGreen, nearBlue));
    }
}
