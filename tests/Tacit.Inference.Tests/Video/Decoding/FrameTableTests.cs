using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed class FrameTableTests
{
    // Frames 0 to 7; key frames 0, 3 and 6, each decoded 2 before it is shown.
    private static readonly FrameTable Table = new(0, 8, new Rational(1, 10), [0, 1, 3, 5, 6, 7, 9, 12], [(9, 7), (0, -2), (5, 3)]);

    [Theory]
    [InlineData(0, null)]
    [InlineData(2, null)]
    [InlineData(3, 3L)]
    [InlineData(5, 3L)]
    [InlineData(6, 7L)]
    [InlineData(7, 7L)]
    public void Decoding_begins_at_the_key_frame_shown_before(int frame, long? seek) => Assert.Equal(seek, Table.SeekPoint(frame)?.Decoded);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(99, 0)]
    [InlineData(100, 1)]
    [InlineData(299, 1)]
    [InlineData(300, 2)]
    [InlineData(1199, 6)]
    [InlineData(1200, 7)]
    [InlineData(5000, 7)]
    public void A_frame_is_on_the_screen_until_the_next_one(int milliseconds, int frame) =>
        Assert.Equal(frame, Table.FrameAt(TimeSpan.FromMilliseconds(milliseconds), 10));

    [Fact]
    public void Without_times_there_is_no_seeking_and_the_rate_tells_the_frame()
    {
        var table = new FrameTable(0, 50, new Rational(1, 10), [], [(0, 0), (5, 5)]);

        Assert.False(table.HasExactTimes);
        Assert.Null(table.SeekPoint(40));
        Assert.Equal(30, table.FrameAt(TimeSpan.FromSeconds(1.2), 25));
    }

    [Fact]
    public void Tables_that_hold_the_same_are_equal()
    {
        Assert.Equal(Table, new FrameTable(0, 8, new Rational(1, 10), [0, 1, 3, 5, 6, 7, 9, 12], [(0, -2), (5, 3), (9, 7)]));
        Assert.NotEqual(Table, new FrameTable(0, 8, new Rational(1, 10), [0, 1, 3, 5, 6, 7, 9, 13], [(0, -2), (5, 3), (9, 7)]));
    }
}
