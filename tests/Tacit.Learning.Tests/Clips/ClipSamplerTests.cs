using System.Collections.Immutable;
using CsCheck;
using Tacit.Learning.Clips;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Clips;

public sealed class ClipSamplerTests
{
    private static readonly Gen<ClipSamplingOptions> AnyOptions =
        from frames in Gen.Int[1, 20]
        from speeds in Gen.Int[1, 9].HashSet[1, 4]
        select new ClipSamplingOptions { Frames = frames, Speeds = [.. speeds] };

    private static readonly Gen<(ClipSamplingOptions Options, int Speed, int VideoFrames, ulong Seed)> AnyClip =
        from options in AnyOptions
        from speed in Gen.OneOf(options.Speeds.ToArray())
        from videoFrames in Gen.Int[1, 300]
        from seed in Gen.ULong
        select (options, speed, videoFrames, seed);

    [Fact]
    public void Frames_are_in_the_video_and_as_many_as_asked_for() =>
        AnyClip.Sample(
            (options, speed, videoFrames, seed) =>
            {
                var clip = new ClipSampler(options).Sample(videoFrames, speed, new RandomStream(seed, "clips"));
                Assert.Equal((speed, options.Frames), (clip.Speed, clip.Frames.Length));
                Assert.All(clip.Frames, frame => Assert.InRange(frame, 0, videoFrames - 1));
            }
        );

    [Fact]
    public void A_clip_has_its_true_speed_wherever_the_video_is_long_enough_for_it() =>
        AnyClip.Sample(
            (options, speed, videoFrames, seed) =>
            {
                var clip = new ClipSampler(options).Sample(videoFrames, speed, new RandomStream(seed, "clips"));
                Assert.Equal((options.Frames - 1) * speed < videoFrames, clip.IsExact && Steps(clip).All(step => step == speed));
            }
        );

    // At every speed, the window is that of the fastest clip, so the start does not reveal the speed.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Starts_are_uniform_and_the_same_for_every_speed(int speed)
    {
        var sampler = new ClipSampler(new() { Frames = 4 });
        var counts = Counts(8000, random => sampler.Sample(15, speed, random).Frames[0]);

        Assert.Equal(Enumerable.Range(0, 15 - 8 + 1), counts.Keys.Order());
        Assert.True(ChiSquare(counts.Values) < 36, $"chi square {ChiSquare(counts.Values)}"); // 7 degrees of freedom
    }

    [Fact]
    public void Windows_drawn_from_one_stream_are_independent()
    {
        var sampler = new ClipSampler(new() { Frames = 4, Speeds = [2] });
        var counts = Counts(9000, random => (sampler.Sample(10, 2, random).Frames[0], sampler.Sample(10, 2, random).Frames[0]));

        Assert.Equal(9, counts.Count);
        Assert.True(ChiSquare(counts.Values) < 38, $"chi square {ChiSquare(counts.Values)}"); // 8 degrees of freedom
    }

    [Fact]
    public void The_window_shrinks_to_the_clip_where_the_video_is_shorter_than_the_window()
    {
        var sampler = new ClipSampler(new() { Frames = 4, Speeds = [2] });
        var clips = Counts(200, random => sampler.Sample(7, 2, random)).Keys;

        Assert.Equal([new SampledClip(2, [0, 2, 4, 6])], clips);
    }

    [Theory]
    [InlineData(1, 2, 0, 0, 0, 0)]
    [InlineData(3, 1, 0, 1, 2, 0)]
    [InlineData(3, 2, 0, 2, 1, 0)]
    [InlineData(4, 2, 0, 2, 0, 2)]
    [InlineData(5, 2, 0, 1, 3, 4)]
    [InlineData(6, 2, 0, 2, 3, 5)]
    public void Too_short_a_video_is_looped_or_stretched(int videoFrames, int speed, params int[] expected)
    {
        var clip = new ClipSampler(new() { Frames = 4, Speeds = [speed] }).Sample(videoFrames, speed, new RandomStream(1, "clips"));

        Assert.Equal(new SampledClip(speed, [.. expected]), clip);
        Assert.False(clip.IsExact);
    }

    [Fact]
    public void Refuses_an_empty_video() =>
        Assert.Throws<ArgumentOutOfRangeException>("videoFrames", () => new ClipSampler(new()).Sample(0, 1, new RandomStream(1, "clips")));

    // A clip that is faster than all speeds of the options could exceed its window and the video.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Refuses_a_speed_that_the_window_is_not_made_for(int speed) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(speed),
            () => new ClipSampler(new() { Speeds = [1, 4] }).Sample(100, speed, new RandomStream(1, "clips"))
        );

    [Fact]
    public void Windows_longer_than_any_video_do_not_overflow()
    {
        var sampler = new ClipSampler(new() { Frames = 3, Speeds = [int.MaxValue, int.MaxValue - 1] });
        int[] speeds = [int.MaxValue, int.MaxValue - 1];
        Assert.All(speeds, speed => Assert.Equal([0, 3, 6], sampler.Sample(7, speed, new RandomStream(1, "clips")).Frames));
    }

    private static IEnumerable<int> Steps(SampledClip clip) => clip.Frames.Zip(clip.Frames.Skip(1), (a, b) => b - a);

    private static Dictionary<T, int> Counts<T>(int times, Func<RandomStream, T> draw)
        where T : notnull => Enumerable.Range(0, times).CountBy(item => draw(new RandomStream(5, "counts", 0, item))).ToDictionary();

    private static double ChiSquare(ICollection<int> counts)
    {
        var expected = counts.Average();
        return counts.Sum(count => Math.Pow(count - expected, 2) / expected);
    }
}
