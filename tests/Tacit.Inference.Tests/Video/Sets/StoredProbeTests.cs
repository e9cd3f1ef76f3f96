using CsCheck;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Tests.Video.Sets;

public sealed class StoredProbeTests
{
    [Fact]
    public void Runs_give_back_any_numbers() =>
        Gen.Long[-5, 5].Array[0, 20].Sample(numbers => Assert.Equal(numbers, Runs.Read(Runs.Of(numbers))));

    [Fact]
    public void Times_of_a_constant_rate_take_three_numbers() =>
        Assert.Equal([-512, 512, 299], Runs.Of([.. Enumerable.Range(-1, 300).Select(frame => frame * 512L)]));

    [Theory]
    [InlineData(new long[] { 1, 2 })]
    [InlineData(new long[] { 1, 2, 0 })]
    [InlineData(new long[] { 1, 2, -3 })]
    [InlineData(new long[] { 1, 2, long.MaxValue })]
    public void Damaged_runs_are_none(long[] runs) => Assert.Null(Runs.Read([.. runs]));

    [Fact]
    public void Gives_back_what_is_known_of_a_file()
    {
        var table = new FrameTable(1, 8, new Rational(1, 10), [0, 1, 3, 5, 6, 7, 9, 12], [(0, -2), (5, 3), (9, 7)]);
        var file = new ProbedFile("/v/a.mp4", 7, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc))
        {
            Info = new VideoInfo
            {
                Path = "/v/a.mp4",
                Width = 4,
                Height = 2,
                Frames = 8,
                FrameRate = 29.97,
                Duration = TimeSpan.FromTicks(12345678),
                Rotation = 90,
                IsVariableFrameRate = true,
                Codec = "h264",
                Table = table,
            },
        };

        Assert.Equal(file, StoredProbe.Of(file).ToProbed());
        Assert.Null((StoredProbe.Of(file) with { Table = StoredTable.Of(table) with { Count = 7 } }).ToProbed());
    }
}
