using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Tests.Contracts;

public sealed class ClipPreprocessingTests
{
    [Fact]
    public void Defaults_are_those_documented()
    {
        var clip = new ClipPreprocessing(16, 112);

        Assert.Equal(
            (1, 10, ColorOrder.RGB, new ChannelTriple(0), new ChannelTriple(1)),
            (clip.Stride, clip.TestClips, clip.ColorOrder, clip.Mean, clip.Std)
        );
    }

    [Fact]
    public void Metadata_are_the_documented_text() =>
        Assert.Equal(
            "frames 16, mean 0,0,0, order RGB, size 112, std 1,1,1, stride 1, test-clips 10",
            new ClipPreprocessing(16, 112).ToString()
        );

    [Fact]
    public void Span_counts_the_frames_between() =>
        Assert.Equal((16, 31), (new ClipPreprocessing(16, 1).Span, (new ClipPreprocessing(16, 1) with { Stride = 2 }).Span));
}
