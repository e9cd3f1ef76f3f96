using System.Collections.Immutable;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Clips;

/// <summary>Chooses the frames of training clips: at a random position and a given speed.</summary>
/// <remarks>
/// <para>
/// A clip of speed s consists of every s-th frame from the start of a window. The window has the length
/// <see cref="ClipSamplingOptions.Frames"/> · the largest speed, and its position is uniformly distributed (RSPNet's code). Therefore, the
/// start of a clip does not reveal its speed.
/// </para>
/// <para>In shorter videos:</para>
/// <list type="bullet">
/// <item>
/// If the clip itself fits, which takes (frames - 1) · s + 1 frames, the window is reduced to this length. The speed is still exact.
/// </item>
/// <item>
/// Otherwise, a video with more frames than the clip is stretched: its frames are spread evenly over the clip, which makes it slower.
/// </item>
/// <item>A video with no more frames than the clip is looped at speed s, and jumps where it starts again.</item>
/// </list>
/// <para>
/// In the last two cases, <see cref="SampledClip.IsExact"/> is false. An instance is immutable and can be used by several threads.
/// </para>
/// </remarks>
/// <example>
/// Clips of 4 frames at speeds 1 and 2 from a window that starts at frame 10: 10, 11, 12, 13 and 10, 12, 14, 16. A clip of speed 2 from a
/// video of 5 frames is stretched: 0, 1, 3, 4. From a video of 3 frames, it is looped: 0, 2, 1, 0.
/// </example>
public sealed class ClipSampler
{
    private readonly ClipSamplingOptions _options;
    private readonly int _fastest;
    private readonly long _window;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">The number of frames and the speeds.</param>
    public ClipSampler(ClipSamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _fastest = options.Speeds.Max();
        _window = (long)options.Frames * _fastest;
    }

    /// <summary>Chooses the frames of a clip.</summary>
    /// <param name="videoFrames">The number of frames of the video, at least 1.</param>
    /// <param name="speed">The step between frames, from 1 to the largest speed of the options.</param>
    /// <param name="random">The random stream, from which at most one number is drawn.</param>
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

    /// <summary>Returns the frames of a clip from a video that is too short: looped, or spread evenly.</summary>
    private ImmutableArray<int> Stretched(int videoFrames, int speed) =>
        videoFrames <= _options.Frames
            ? [.. Enumerable.Range(0, _options.Frames).Select(frame => (int)((long)frame * speed % videoFrames))]
            : [.. Enumerable.Range(0, _options.Frames).Select(frame => Part(videoFrames - 1, frame, _options.Frames - 1))];

    /// <summary>Returns length · part / parts, rounded to the nearest integer.</summary>
    private static int Part(int length, int part, int parts) => (int)((2L * length * part + parts) / (2L * parts));
}
