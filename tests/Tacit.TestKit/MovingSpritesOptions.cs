using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.TestKit;

/// <summary>Options of <see cref="MovingSprites"/>. Equal options give equal videos.</summary>
public sealed record MovingSpritesOptions
{
    /// <summary>The number of videos. Default 64.</summary>
    public int Videos
    {
        get;
        init => field = AtLeast(1, value);
    } = 64;

    /// <summary>The smallest number of frames of a video. Default 48.</summary>
    public int MinFrames
    {
        get;
        init => field = AtLeast(1, value);
    } = 48;

    /// <summary>The largest number of frames of a video, at least the smallest. Default 64.</summary>
    public int MaxFrames
    {
        get;
        init => field = AtLeast(1, value);
    } = 64;

    /// <summary>The height and width in pixels, an even number, which codecs require. Default 64.</summary>
    public int Size
    {
        get;
        init => field = int.IsEvenInteger(AtLeast(16, value)) ? value : throw Wrong(value, "be even");
    } = 64;

    /// <summary>The number of classes, that is kinds of objects, 1 to <see cref="Sprite.Kinds"/>. Default 8.</summary>
    public int Objects
    {
        get;
        init => field = AtLeast(1, value) <= Sprite.Kinds ? value : throw Wrong(value, $"be at most {Sprite.Kinds}");
    } = 8;

    /// <summary>
    /// Half the height of an object of scale 1, relative to the height of the picture, above 0 and at most 0.2. Default 0.15.
    /// </summary>
    public double Radius
    {
        get;
        init =>
            field = value is > 0 and <= 0.2
                ? value
                : throw new ArgumentOutOfRangeException(nameof(Radius), value, "the radius must be above 0 and at most 0.2");
    } = 0.15;

    /// <summary>The number of kinds of backgrounds. Default 8.</summary>
    public int Backgrounds
    {
        get;
        init => field = AtLeast(1, value);
    } = 8;

    /// <summary>The speeds in turns per <see cref="Period"/> frames, positive. Every video has one of them. Default: only 1.</summary>
    public ImmutableArray<double> NativeSpeeds { get; init; } = [1];

    /// <summary>The number of frames in which an object of native speed 1 completes a turn. Default 32.</summary>
    public int Period
    {
        get;
        init => field = AtLeast(3, value);
    } = 32;

    /// <summary>The seed of all factors. The appearance of objects and backgrounds does not depend on it.</summary>
    public ulong Seed { get; init; }

    private static int AtLeast(int least, int value, [CallerMemberName] string name = "") =>
        value >= least ? value : throw Wrong(value, $"be at least {least}", name);

    private static ArgumentOutOfRangeException Wrong(int value, string rule, [CallerMemberName] string name = "") =>
        new(name, value, $"{name} must {rule}");
}
