using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

// Turns the hue of the HSV colour model and keeps value and saturation.
// With m the smallest channel, C the chroma (largest minus smallest) and h the hue in 0 … 6, red is m + C · clamp(|h - 3| - 1, 0, 1),
// green m + C · clamp(2 - |h - 2|, 0, 1), blue m + C · clamp(2 - |h - 4|, 0, 1). So saturation is never needed.
internal static class HueRotation
{
    private const double SmallestChroma = 1e-12; // gray: every numerator is 0, and so is what is divided

    // A clip (3, T, H, W) of colours from 0 to 1, in place, by a part of the full circle.
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
