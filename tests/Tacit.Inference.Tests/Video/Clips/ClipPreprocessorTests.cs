using Tacit.Inference.Contracts;
using Tacit.Inference.Tests.Golden;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Clips;

public sealed class ClipPreprocessorTests
{
    public static TheoryData<int> Clips => [.. Enumerable.Range(0, GoldenClip.All.Length)];

    [Theory]
    [MemberData(nameof(Clips))]
    public void Scales_and_normalises_as_torch_does(int index)
    {
        var golden = GoldenClip.All[index];
        var clip = new ClipPreprocessing(golden.Frames, golden.Size) { Mean = Triple(golden.Mean), Std = Triple(golden.Std) };
        var tensor = new float[clip.ElementCount];

        new ClipPreprocessor(clip).Fill(new VideoFrames(golden.Frames, golden.Height, golden.Width, golden.Pixels), tensor);

        Assert.Equal(golden.Expected, tensor, (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    // int(round((longer - 1) / 2.0)) in Python rounds halves to even.
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(6, 2)]
    [InlineData(8, 4)]
    public void The_square_begins_where_that_of_torchvision_does(int longer, int first)
    {
        var preprocessor = new ClipPreprocessor(new(1, 1));
        var (across, down) = (new float[3], new float[3]);
        var pixels = Enumerable.Range(0, longer).SelectMany(pixel => Enumerable.Repeat((byte)pixel, 3)).ToArray();

        preprocessor.Fill(new VideoFrames(1, 1, longer, pixels), across);
        preprocessor.Fill(new VideoFrames(1, longer, 1, pixels), down);

        Assert.Equal([first, first], [across[0] * 255, down[0] * 255], (a, b) => Math.Abs(a - b) < 1e-4f);
    }

    [Fact]
    public void Puts_blue_first_for_BGR()
    {
        var tensor = new float[3];

        new ClipPreprocessor(new(1, 1) { ColorOrder = ColorOrder.BGR }).Fill(new VideoFrames(1, 1, 1, [255, 51, 0]), tensor);

        Assert.Equal([0f, 0.2f, 1f], tensor, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Takes_a_clip_out_of_several()
    {
        var tensor = new float[6];

        new ClipPreprocessor(new(2, 1)).Fill(new VideoFrames(3, 1, 1, [9, 9, 9, 0, 0, 255, 255, 0, 0]), 1, tensor);

        Assert.Equal([0f, 1f, 0f, 0f, 1f, 0f], tensor);
    }

    [Fact]
    public void Refuses_another_number_of_frames_or_elements()
    {
        var preprocessor = new ClipPreprocessor(new(2, 1));
        var frames = new VideoFrames(3, 1, 1, new byte[9]);

        Assert.StartsWith(
            "a clip takes 2 frames, not 3",
            Assert.Throws<ArgumentException>(() => preprocessor.Fill(frames, new float[6])).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "there are 3 frames, too few for 2 from 2 on",
            Assert.Throws<ArgumentException>(() => preprocessor.Fill(frames, 2, new float[6])).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "3 x 2 x 1 x 1 takes 6 elements, not 7",
            Assert.Throws<ArgumentException>(() => preprocessor.Fill(frames, 0, new float[7])).Message,
            StringComparison.Ordinal
        );
    }

    private static ChannelTriple Triple(float[] values) => new(values[0], values[1], values[2]);
}
