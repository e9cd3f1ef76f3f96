using System.Collections.Immutable;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Clips;

/// <summary>Chooses the frames of clips for pretraining: at random, of a given speed.</summary>
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
    private readonly int _fastest;
    private readonly long _window;

    /// <summary>A sampler of the given options.</summary>
    public ClipSampler(ClipSamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _fastest = options.Speeds.Max();
        _window = (long)options.Frames * _fastest;
    }

    /// <summary>A clip of a video, from a random window.</summary>
    /// <param name="videoFrames">The number of the video's frames, at least 1.</param>
    /// <param name="speed">Every how many frames of the video one is taken: from 1 to the largest speed of the options.</param>
    /// <param name="random">Where the window is drawn from.</param>
    /// <exception cref="ArgumentOutOfRangeException">The video has no frames, or the speed is out of range.</exception>
    public SampledClip Sample(int videoFrames, int speed, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(videoFrames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speed, _fastest);
        ArgumentNullException.ThrowIfNull(random);
        var span = (_options.Frames - 1L) * speed + 1;
        if (span > videoFrames)
        {
            return new(speed, Stretched(videoFrames, speed));
        }

        var start = random.NextInt32((int)(videoFrames - (_window <= videoFrames ? _window : span)) + 1);
        return new(speed, [.. Enumerable.Range(0, _options.Frames).Select(frame => start + frame * speed)]);
    }

    private ImmutableArray<int> Stretched(int videoFrames, int speed) =>
        videoFrames <= _options.Frames
            ? [.. Enumerable.Range(0, _options.Frames).Select(frame => (int)((long)frame * speed % videoFrames))]
            : [.. Enumerable.Range(0, _options.Frames).Select(frame => Part(videoFrames - 1, frame, _options.Frames - 1))];

    // length · part / parts, rounded to the nearest integer.
    private static int Part(int length, int part, int parts) => (int)((2L * length * part + parts) / (2L * parts));
}
