using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

internal static class HorizontalFlip
{
    // Mirrors a clip (3, T, H, W) in place: left becomes right.
    public static void Apply(Tensor clip)
    {
        using var mirrored = clip.flip(3);
        clip.copy_(mirrored);
    }
}
