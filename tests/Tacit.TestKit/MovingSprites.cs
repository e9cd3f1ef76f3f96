using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.TestKit;

/// <summary>Generated videos of independent factors: an object of some class circles in front of a background.</summary>
/// <remarks>
/// <para>All objects move in the same way: on a circle of one radius, at one speed or one of
/// <see cref="MovingSpritesOptions.NativeSpeeds"/>.
/// Motion and class are therefore independent: the playback rate (every second frame is rate 2) can be determined only
/// from the motion of a clip, and the class from a single frame.</para>
/// <para>Classes and backgrounds are equally frequent and independent. Frames are drawn when they are read.</para>
/// </remarks>
public sealed partial class MovingSprites : IFrameStore
{
    private const double FrameRate = 25;

    private readonly MovingSpritesOptions _options;
    private readonly ImmutableArray<Sprite> _sprites;

    /// <summary>Creates videos with the given options.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public MovingSprites(MovingSpritesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinFrames > options.MaxFrames || options.NativeSpeeds.IsDefaultOrEmpty || options.NativeSpeeds.Any(speed => speed <= 0))
        {
            throw new ArgumentException(
                "frames must not be fewer at most than at least, and native speeds must be positive",
                nameof(options)
            );
        }

        _options = options;
        _sprites = [.. Enumerable.Range(0, options.Objects).Select(kind => new Sprite(kind))];
        Factors = Draw(options);
        Videos = [.. Enumerable.Range(0, options.Videos).Select(Describe)];
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The factors of the videos, in the order of <see cref="Videos"/>.</summary>
    public ImmutableArray<SpriteFactors> Factors { get; }

    /// <inheritdoc/>
    public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(video);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(video, Videos.Length);
        var background = Background(Factors[video]);
        var length = 3 * background.Length;
        var pixels = new byte[length * frames.Length];
        for (var i = 0; i < frames.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var frame = frames.Span[i];
            ArgumentOutOfRangeException.ThrowIfNegative(frame, nameof(frames));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, Videos[video].Frames, nameof(frames));
            Render(background, video, frame, pixels.AsSpan(i * length, length));
        }

        return ValueTask.FromResult(new VideoFrames(frames.Length, _options.Size, _options.Size, pixels));
    }

    /// <summary>Does nothing: no resources are held.</summary>
    public void Dispose() { }

    private StoredVideo Describe(int video)
    {
        var random = new RandomStream(_options.Seed, "sprite-frames", item: video);
        var frames = _options.MinFrames + random.NextInt32(_options.MaxFrames - _options.MinFrames + 1);
        return new($"video-{video:D5}", frames, _options.Size, _options.Size, FrameRate) { Label = _sprites[Factors[video].Object].Name };
    }

    private static ImmutableArray<SpriteFactors> Draw(MovingSpritesOptions options)
    {
        var objects = Balanced("sprite-objects", options.Objects);
        var backgrounds = Balanced("sprite-backgrounds", options.Backgrounds);
        var speeds = Balanced("sprite-speeds", options.NativeSpeeds.Length);
        return
        [
            .. Enumerable
                .Range(0, options.Videos)
                .Select(video =>
                {
                    var random = new RandomStream(options.Seed, "sprite-factors", item: video);
                    var scale = Between(0.8, 1.2);
                    var margin = Orbit + options.Radius * 1.2; // of the largest object; otherwise the position would reveal the size
                    return new SpriteFactors(
                        objects[video],
                        backgrounds[video],
                        options.NativeSpeeds[speeds[video]],
                        random.NextInt32(2) == 0,
                        random.NextDouble(),
                        Between(margin, 1 - margin),
                        Between(margin, 1 - margin),
                        scale,
                        random.NextDouble(),
                        random.NextDouble()
                    );

                    double Between(double low, double high) => low + (high - low) * random.NextDouble();
                }),
        ];

        // All values, equally often up to one, in random order.
        int[] Balanced(string stream, int values) =>
            [.. new RandomStream(options.Seed, stream).Permutation(options.Videos).Select(place => place % values)];
    }
}
