using Tacit.Graphs;
using Tacit.Inference.Images;
using Tacit.Inference.Video;

namespace Tacit.Inference.Tests.Video;

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
    public void Metadata_give_the_same_back()
    {
        var clip = new ClipPreprocessing(16, 112)
        {
            Stride = 2,
            Mean = new(0.485f, 0.456f, 0.406f),
            Std = new(0.229f, 0.224f, 0.225f),
            ColorOrder = ColorOrder.BGR,
            TestClips = 3,
        };

        Assert.True(ClipPreprocessing.TryFromMetadata(clip.ToMetadata(), out var read));
        Assert.Equal(clip, read);
    }

    [Fact]
    public void Metadata_are_the_documented_text() =>
        Assert.Equal(
            "frames 16, mean 0,0,0, order RGB, size 112, std 1,1,1, stride 1, test-clips 10",
            new ClipPreprocessing(16, 112).ToString()
        );

    [Fact]
    public void Metadata_without_frames_say_nothing() =>
        Assert.False(ClipPreprocessing.TryFromMetadata(new Preprocessing(32, 32).ToMetadata(), out _));

    [Theory]
    [InlineData(ClipPreprocessing.FramesKey, "many", "tacit.clip.frames is \"many\", not a whole number")]
    [InlineData(ClipPreprocessing.FramesKey, "0", "Frames must be at least 1")]
    [InlineData(ClipPreprocessing.SizeKey, null, "tacit.clip.size is missing")]
    [InlineData(ClipPreprocessing.MeanKey, "1,2", "tacit.clip.mean is \"1,2\", not three numbers joined by commas")]
    [InlineData(ClipPreprocessing.StdKey, "1,0,1", "Std must be a positive number")]
    [InlineData(ClipPreprocessing.ColorOrderKey, "YUV", "tacit.clip.order is \"YUV\", not RGB or BGR")]
    public void Metadata_that_make_no_sense_are_one_line(string key, string? value, string reason)
    {
        var metadata = new ClipPreprocessing(16, 112).ToMetadata().Where(pair => pair.Key != key).ToDictionary();
        if (value is not null)
        {
            metadata[key] = value;
        }

        var exception = Assert.Throws<UnsuitableModelException>(() => ClipPreprocessing.TryFromMetadata(metadata, out _));

        Assert.Equal($"the model's metadata on its clips makes no sense: {reason}", exception.Message);
    }

    [Fact]
    public void Span_counts_the_frames_between() =>
        Assert.Equal((16, 31), (new ClipPreprocessing(16, 1).Span, (new ClipPreprocessing(16, 1) with { Stride = 2 }).Span));
}
