using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Computes the brightness of pixels: 0.2989 R + 0.587 G + 0.114 B (ITU-R BT.601, as torchvision rounds it).</summary>
internal static class Grayscale
{
    /// <summary>Replaces the colours of a clip by their brightness, in place.</summary>
    /// <param name="clip">The clip, (3, T, H, W).</param>
    public static void Apply(Tensor clip)
    {
        using var brightness = Of(clip);
        clip.copy_(brightness);
    }

    /// <summary>Returns the brightness of every pixel, (1, T, H, W).</summary>
    /// <param name="clip">The clip, (3, T, H, W).</param>
    public static Tensor Of(Tensor clip)
    {
        using var red = clip.narrow(0, 0, 1);
        using var green = clip.narrow(0, 1, 1);
        using var blue = clip.narrow(0, 2, 1);
        using var ofGreen = green * 0.587;
        using var ofBlue = blue * 0.114;
        var brightness = red * 0.2989;
        brightness.add_(ofGreen).add_(ofBlue);
        return brightness;
    }
}
