using CsCheck;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Tests.Video.Clips;

public sealed class TestClipsTests
{
    [Theory]
    [InlineData(10, 4, 1, 3, "0 1 2 3|3 4 5 6|6 7 8 9")]
    [InlineData(10, 4, 1, 1, "3 4 5 6")]
    [InlineData(10, 4, 2, 2, "0 2 4 6|3 5 7 9")]
    [InlineData(5, 4, 1, 10, "0 1 2 3|1 2 3 4")]
    [InlineData(4, 4, 1, 10, "0 1 2 3")]
    [InlineData(3, 4, 1, 2, "0 1 2 0")]
    [InlineData(1, 3, 4, 2, "0 0 0")]
    [InlineData(5, 4, 2, 2, "0 1 3 4")]
    [InlineData(7, 1, 1, 3, "0|3|6")]
    public void Lie_where_they_are_documented(int videoFrames, int frames, int stride, int count, string expected) =>
        Assert.Equal(
            expected,
            string.Join('|', TestClips.Of(videoFrames, new(frames, 1) { Stride = stride }, count).Select(clip => string.Join(' ', clip)))
        );

    // A second implementation: NumPy's linspace, rounded.
    [Fact]
    public void Starts_are_a_rounded_linspace() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 20], Gen.Int[1, 4], Gen.Int[2, 12])
            .Sample(
                (videoFrames, frames, stride, count) =>
                {
                    var clip = new ClipPreprocessing(frames, 1) { Stride = stride };
                    var last = videoFrames - clip.Span;
                    if (last < 0)
                    {
                        return;
                    }

                    var starts = Enumerable
                        .Range(0, count)
                        .Select(i => (int)Math.Round(last * (decimal)i / (count - 1), MidpointRounding.AwayFromZero))
                        .Distinct();

                    Assert.Equal(starts, TestClips.Of(videoFrames, clip, count).Select(numbers => numbers[0]));
                },
                iter: 500
            );

    [Fact]
    public void Stay_within_the_video_and_in_order() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 20], Gen.Int[1, 4], Gen.Int[1, 12])
            .Sample(
                (videoFrames, frames, stride, count) =>
                    TestClips
                        .Of(videoFrames, new(frames, 1) { Stride = stride }, count)
                        .All(numbers =>
                            numbers.Length == frames
                            && numbers.All(number => number >= 0 && number < videoFrames)
                            && (videoFrames < frames || numbers.Zip(numbers.Skip(1)).All(pair => pair.First <= pair.Second))
                        ),
                iter: 500
            );
}
