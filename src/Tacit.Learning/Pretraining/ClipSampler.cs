using System.Collections.Immutable;
using Tacit.Learning.Training;

namespace Tacit.Learning.Pretraining;

/// <summary>Chooses the frames of clips: two at random of different speeds for pretraining, evenly spaced ones for tests.</summary>
/// <remarks>
/// <para>A clip comes from a window of <see cref="ClipSamplingOptions.Frames"/> · the largest speed, placed uniformly in the video;
/// a clip of speed s takes every s-th frame from the window's start (RSPNet). So where a clip starts says nothing of its speed.</para>
/// <para>In shorter videos the window shrinks to what the clip itself spans, (frames - 1) · speed + 1: the speed is still true. Only
/// where that does not fit is it not (<see cref="SampledClip.IsExact"/> is false): a video of more frames than the clip is stretched over
/// it, evenly with rounding, which slows it down; a video of no more frames than the clip is looped at the clip's speed, which jumps
/// where it starts anew.</para>
/// <para>Immutable; any number of threads may use it at once.</para>
/// </remarks>
/// <example>4 frames at speeds 1 and 2 from a window that starts at frame 10: 10 11 12 13 and 10 12 14 16. A video of 5 frames at speed
/// 2: 0 1 3 4, stretched; of 3 frames: 0 2 1 0, looped.</example>
public sealed class ClipSampler
{
    private readonly ClipSamplingOptions _options;
    private readonly long _window;

    /// <summary>A sampler of the given options.</summary>
    public ClipSampler(ClipSamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _window = (long)options.Frames * options.Speeds.Max();
    }

    /// <summary>Two clips of a video from windows that are independent of each other, of two different speeds in random order.</summary>
    /// <remarks>Every ordered pair of speeds is as likely as the others. With a single speed in the options, both have it.</remarks>
    /// <param name="videoFrames">The number of the video's frames.</param>
    /// <param name="random">Where the speeds and windows are drawn from.</param>
    /// <exception cref="ArgumentException">The video has no frames.</exception>
    public (SampledClip First, SampledClip Second) SamplePair(int videoFrames, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(videoFrames);
        ArgumentNullException.ThrowIfNull(random);
        var speeds = _options.Speeds;
        var first = random.NextInt32(speeds.Length);
        var second = speeds.Length == 1 ? first : (first + 1 + random.NextInt32(speeds.Length - 1)) % speeds.Length;
        return (Sample(videoFrames, speeds[first], random), Sample(videoFrames, speeds[second], random));
    }

    /// <summary>One clip of a video, of a random speed.</summary>
    /// <param name="videoFrames">The number of the video's frames.</param>
    /// <param name="random">Where the speed and the window are drawn from.</param>
    /// <exception cref="ArgumentException">The video has no frames.</exception>
    public SampledClip SampleSingle(int videoFrames, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(videoFrames);
        ArgumentNullException.ThrowIfNull(random);
        return Sample(videoFrames, _options.Speeds[random.NextInt32(_options.Speeds.Length)], random);
    }

    /// <summary>Clips whose starts are evenly spaced from the first possible to the last; a single one lies in the middle.</summary>
    /// <remarks>Nothing is random. In videos shorter than a clip all clips are the same, stretched or looped.</remarks>
    /// <param name="videoFrames">The number of the video's frames.</param>
    /// <param name="clips">The number of clips.</param>
    /// <param name="frames">The frames of a clip.</param>
    /// <param name="stride">Every how many frames of the video one is taken.</param>
    /// <exception cref="ArgumentException">An argument is not positive.</exception>
    public static ImmutableArray<SampledClip> EvenClips(int videoFrames, int clips, int frames, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(videoFrames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clips);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        if (Span(frames, stride) > videoFrames)
        {
            return [.. Enumerable.Repeat(Stretched(videoFrames, frames, stride), clips)];
        }

        var last = (int)(videoFrames - Span(frames, stride));
        var starts = Enumerable.Range(0, clips).Select(clip => clips == 1 ? last / 2 : Part(last, clip, clips - 1));
        return [.. starts.Select(start => From(start, frames, stride))];
    }

    internal SampledClip Sample(int videoFrames, int speed, RandomStream random)
    {
        var span = Span(_options.Frames, speed);
        if (span > videoFrames)
        {
            return Stretched(videoFrames, _options.Frames, speed);
        }

        var window = _window <= videoFrames ? _window : span;
        return From(random.NextInt32((int)(videoFrames - window) + 1), _options.Frames, speed);
    }

    private static long Span(int frames, int speed) => (frames - 1L) * speed + 1;

    private static SampledClip From(int start, int frames, int speed) =>
        new(speed, [.. Enumerable.Range(0, frames).Select(frame => start + frame * speed)]);

    private static SampledClip Stretched(int videoFrames, int frames, int speed) => new(speed, videoFrames <= frames
        ? [.. Enumerable.Range(0, frames).Select(frame => (int)((long)frame * speed % videoFrames))]
        : [.. Enumerable.Range(0, frames).Select(frame => Part(videoFrames - 1, frame, frames - 1))]);

    // length · part / parts, rounded to the nearest integer.
    private static int Part(int length, int part, int parts) => (int)((2L * length * part + parts) / (2L * parts));
}
