using Tacit.Inference.Contracts;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

internal static class Normalization
{
    // (colour - mean) / std for every channel of a clip (3, T, H, W), in place.
    public static void Apply(Tensor clip, ChannelTriple mean, ChannelTriple std)
    {
        using var means = Channels(mean);
        using var stds = Channels(std);
        clip.sub_(means).div_(stds);
    }

    private static Tensor Channels(ChannelTriple triple) => tensor(new[] { triple.First, triple.Second, triple.Third }, [3, 1, 1, 1]);
}
