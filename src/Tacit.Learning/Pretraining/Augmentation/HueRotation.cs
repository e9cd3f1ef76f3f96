using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Augmentation;

// Turns the hue of the HSV colour model and keeps value and saturation.
// With V the largest channel, C the chroma (largest minus smallest) and h the hue in 0 … 6, a channel is
// V - C · clamp(min(k, 4 - k), 0, 1), k = (n + h) mod 6, n = 5 for red, 3 for green, 1 for blue. So saturation is never needed.
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
        var channels = clip.unbind(0); // 3 x (T, H, W), views
        var (red, green, blue) = (channels[0], channels[1], channels[2]);
        var value = maximum(red, green).maximum(blue);
        var chroma = value - minimum(red, green).minimum(blue);
        var hue = Hue(red, green, blue, value, chroma).add_(6 * turn);
        for (var channel = 0; channel < 3; channel++)
        {
            using var step = NewDisposeScope();
            var k = (hue + (5 - 2 * channel)).remainder_(6);
            var share = minimum(k, 4 - k).clamp_(0, 1);
            channels[channel].copy_(value).sub_(share.mul_(chroma));
        }
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
