using System.Collections.Immutable;
using CsCheck;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Training;

namespace Tacit.Learning.Tests.Pretraining;

public sealed class ClipSamplerTests
{
    private static readonly Gen<ClipSamplingOptions> AnyOptions =
        from frames in Gen.Int[1, 20]
        from speeds in Gen.Int[1, 9].HashSet[1, 4]
        select new ClipSamplingOptions { Frames = frames, Speeds = [.. speeds] };

    private static readonly Gen<(ClipSamplingOptions Options, int Frames, ulong Seed)> AnyVideo = Gen.Select(AnyOptions, Gen.Int[1, 300], Gen.ULong);

    [Fact]
    public void Frames_are_in_the_video_and_as_many_as_asked_for() => AnyVideo.Sample((options, videoFrames, seed) =>
    {
        var sampler = new ClipSampler(options);
        var random = new RandomStream(seed, "clips");
        var (first, second) = sampler.SamplePair(videoFrames, random);
        Assert.All([first, second, sampler.SampleSingle(videoFrames, random)], clip =>
        {
            Assert.Equal(options.Frames, clip.Frames.Length);
            Assert.Contains(clip.Speed, options.Speeds);
            Assert.All(clip.Frames, frame => Assert.InRange(frame, 0, videoFrames - 1));
        });
    });

    [Fact]
    public void A_clip_has_its_true_speed_wherever_the_video_is_long_enough_for_it() => AnyVideo.Sample((options, videoFrames, seed) =>
    {
        var (first, second) = new ClipSampler(options).SamplePair(videoFrames, new RandomStream(seed, "clips"));
        Assert.All(
            [first, second],
            clip => Assert.Equal((options.Frames - 1) * clip.Speed < videoFrames, clip.IsExact && Steps(clip).All(step => step == clip.Speed)));
    });

    [Fact]
    public void The_clips_of_a_pair_have_different_speeds_unless_there_is_one() => AnyVideo.Sample((options, videoFrames, seed) =>
    {
        var (first, second) = new ClipSampler(options).SamplePair(videoFrames, new RandomStream(seed, "clips"));
        Assert.Equal(options.Speeds.Length == 1, first.Speed == second.Speed);
    });

    [Fact]
    public void Every_ordered_pair_of_speeds_is_as_likely()
    {
        var sampler = new ClipSampler(new() { Frames = 2, Speeds = [1, 2, 4] });
        var counts = Counts(6000, random => sampler.SamplePair(50, random) is var (first, second) ? (first.Speed, second.Speed) : default);

        Assert.Equal(6, counts.Count);
        Assert.True(ChiSquare(counts.Values) < 31, $"chi square {ChiSquare(counts.Values)}"); // 5 degrees of freedom: 31 is past 1 - 1e-5
    }

    // Whatever the speed, the window is that of the fastest clip: a start tells nothing of the speed.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Starts_are_uniform_and_the_same_for_every_speed(int speed)
    {
        var sampler = new ClipSampler(new() { Frames = 4 });
        var counts = Counts(8000, random =>
        {
            var (first, second) = sampler.SamplePair(15, random);
            return (first.Speed == speed ? first : second).Frames[0];
        });

        Assert.Equal(Enumerable.Range(0, 15 - 8 + 1), counts.Keys.Order());
        Assert.True(ChiSquare(counts.Values) < 36, $"chi square {ChiSquare(counts.Values)}"); // 7 degrees of freedom
    }

    [Fact]
    public void The_windows_of_a_pair_are_independent()
    {
        var sampler = new ClipSampler(new() { Frames = 4, Speeds = [2] });
        var counts = Counts(9000, random => sampler.SamplePair(10, random) is var (first, second) ? (first.Frames[0], second.Frames[0]) : default);

        Assert.Equal(9, counts.Count);
        Assert.True(ChiSquare(counts.Values) < 38, $"chi square {ChiSquare(counts.Values)}"); // 8 degrees of freedom
    }

    [Fact]
    public void The_window_shrinks_to_the_clip_where_the_video_is_shorter_than_the_window()
    {
        var sampler = new ClipSampler(new() { Frames = 4, Speeds = [2] });
        var clips = Counts(200, random => sampler.SampleSingle(7, random)).Keys;

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
        var clip = new ClipSampler(new() { Frames = 4, Speeds = [speed] }).SampleSingle(videoFrames, new RandomStream(1, "clips"));

        Assert.Equal(new SampledClip(speed, [.. expected]), clip);
        Assert.False(clip.IsExact);
    }

    [Fact]
    public void Even_clips_are_in_the_video_from_its_first_frame_to_its_last() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[2, 12], Gen.Int[1, 20], Gen.Int[1, 5]).Sample((videoFrames, count, frames, stride) =>
        {
            var clips = ClipSampler.EvenClips(videoFrames, count, frames, stride);
            Assert.Equal(count, clips.Length);
            Assert.All(clips, clip => Assert.All(clip.Frames, frame => Assert.InRange(frame, 0, videoFrames - 1)));
            if ((frames - 1) * stride < videoFrames)
            {
                Assert.All(clips, clip => Assert.True(clip.IsExact));
                Assert.Equal((0, videoFrames - 1), (clips[0].Frames[0], clips[^1].Frames[^1]));
                Assert.Equal(clips.Select(clip => clip.Frames[0]).Order(), clips.Select(clip => clip.Frames[0]));
                var gap = (double)clips[^1].Frames[0] / (count - 1);
                Assert.All(clips.Index(), clip => Assert.InRange(clip.Item.Frames[0] - clip.Index * gap, -0.5001, 0.5001));
            }
        });

    [Fact]
    public void A_single_even_clip_lies_in_the_middle() =>
        Assert.Equal(new SampledClip(2, [3, 5, 7]), Assert.Single(ClipSampler.EvenClips(11, clips: 1, frames: 3, stride: 2)));

    [Fact]
    public void Even_clips_of_a_short_video_are_all_the_same() =>
        Assert.Equal(Enumerable.Repeat(new SampledClip(2, [0, 2, 3, 5]), 3), ClipSampler.EvenClips(6, clips: 3, frames: 4, stride: 2));

    [Fact]
    public void Refuses_an_empty_video()
    {
        var sampler = new ClipSampler(new());
        Assert.ThrowsAny<ArgumentException>(() => sampler.SamplePair(0, new RandomStream(1, "clips")));
        Assert.ThrowsAny<ArgumentException>(() => sampler.SampleSingle(0, new RandomStream(1, "clips")));
        Assert.ThrowsAny<ArgumentException>(() => ClipSampler.EvenClips(0, 10, 16, 1));
    }

    [Fact]
    public void Windows_longer_than_any_video_do_not_overflow()
    {
        var sampler = new ClipSampler(new() { Frames = 3, Speeds = [int.MaxValue, int.MaxValue - 1] });
        var (first, second) = sampler.SamplePair(7, new RandomStream(1, "clips"));
        Assert.All([first, second], clip => Assert.Equal([0, 3, 6], clip.Frames));
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
