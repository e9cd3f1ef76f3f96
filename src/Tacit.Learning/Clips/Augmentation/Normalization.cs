using Tacit.Inference.Contracts;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Normalises the colours of clips.</summary>
internal static class Normalization
{
    /// <summary>Computes (colour - mean) / deviation for each channel of a clip, in place.</summary>
    /// <param name="clip">The clip, (3, T, H, W), with colours in [0, 1].</param>
    /// <param name="mean">The mean of red, green and blue.</param>
    /// <param name="std">The standard deviation of red, green and blue, above 0.</param>
    public static void Apply(Tensor clip, ChannelTriple mean, ChannelTriple std)
    {
        using var means = Channels(mean);
        using var stds = Channels(std);
        clip.sub_(means).div_(stds);
    }

    private static Tensor Channels(ChannelTriple triple) => tensor(new[] { triple.First, triple.Second, triple.Third }, [3, 1, 1, 1]);
}
