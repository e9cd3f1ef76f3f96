using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed class FrameRangeTests
{
    [Fact]
    public void It_is_told_by_number_or_by_time()
    {
        Assert.Equal((3, 4, 2, null), Facts(new FrameRange(3, 4, 2)));
        Assert.Equal((0, 4, 1, TimeSpan.FromSeconds(1)), Facts(FrameRange.At(TimeSpan.FromSeconds(1), 4)));

        static (int, int, int, TimeSpan?) Facts(FrameRange range) => (range.First, range.Count, range.Stride, range.Start);
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name()
    {
        Assert.Equal("first", Assert.Throws<ArgumentOutOfRangeException>(() => new FrameRange(-1, 1)).ParamName);
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => new FrameRange(0, 0)).ParamName);
        Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(() => FrameRange.At(TimeSpan.Zero, 1, 0)).ParamName);
        Assert.Equal("start", Assert.Throws<ArgumentOutOfRangeException>(() => FrameRange.At(TimeSpan.FromTicks(-1), 1)).ParamName);
    }
}
