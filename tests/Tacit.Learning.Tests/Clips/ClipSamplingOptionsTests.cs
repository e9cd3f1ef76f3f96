using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Clips;

public sealed class ClipSamplingOptionsTests
{
    [Fact]
    public void Defaults_are_those_of_the_paper()
    {
        var options = new ClipSamplingOptions();
        Assert.Equal(16, options.Frames);
        Assert.Equal([1, 2], options.Speeds);
    }

    [Fact]
    public void Refuses_what_is_no_clip() =>
        Assert.Throws<ArgumentOutOfRangeException>("Frames", () => new ClipSamplingOptions { Frames = 0 });

    [Theory]
    [InlineData]
    [InlineData(0)]
    [InlineData(1, -2)]
    [InlineData(2, 1, 2)]
    public void Refuses_speeds_that_are_none(params int[] speeds) =>
        Assert.Throws<ArgumentException>("Speeds", () => new ClipSamplingOptions { Speeds = [.. speeds] });

    [Fact]
    public void Refuses_speeds_that_were_never_given() =>
        Assert.Throws<ArgumentException>("Speeds", () => new ClipSamplingOptions { Speeds = default(ImmutableArray<int>) });

    [Fact]
    public void Survives_a_run_folder()
    {
        var options = new ClipSamplingOptions { Frames = 8, Speeds = [1, 2, 4] };
        Assert.Equal(options, OptionsJson.FromJson<ClipSamplingOptions>(OptionsJson.ToJson(options)));
        Assert.NotEqual(options, options with { Speeds = [1, 2] });
    }
}
