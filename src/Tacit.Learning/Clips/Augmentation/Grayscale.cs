using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

internal static class Grayscale
{
    // Replaces the colours of a clip (3, T, H, W) by their brightness, in place.
    public static void Apply(Tensor clip)
    {
        using var brightness = Of(clip);
        clip.copy_(brightness);
    }

    // The brightness of every pixel, with the weights of ITU-R BT.601 as torchvision rounds them. (1, T, H, W)
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
