using Tacit.Inference.Contracts;
using Tacit.Learning.Clips.Augmentation;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class NormalizationTests
{
    [Fact]
    public void Normalization_subtracts_the_mean_and_divides_by_the_deviation() =>
        PixelCheck.Every(
            clip => Normalization.Apply(clip, new ChannelTriple(0.1f, 0.2f, 0.3f), new ChannelTriple(0.5f, 2, 4)),
            (pixel, _) => ((pixel.R - 0.1) / 0.5, (pixel.G - 0.2) / 2, (pixel.B - 0.3) / 4)
        );
}
