using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Mirrors clips: left becomes right.</summary>
internal static class HorizontalFlip
{
    /// <summary>Mirrors every frame of a clip in place.</summary>
    /// <param name="clip">The clip, (3, T, H, W).</param>
    public static void Apply(Tensor clip)
    {
        using var mirrored = clip.flip(3);
        clip.copy_(mirrored);
    }
}
