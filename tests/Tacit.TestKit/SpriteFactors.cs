namespace Tacit.TestKit;

/// <summary>What a video of <see cref="MovingSprites"/> was made from. Each is drawn independently of the others.</summary>
/// <param name="Object">The kind of object, from 0: the class.</param>
/// <param name="Background">The kind of background, from 0.</param>
/// <param name="NativeSpeed">The speed of the object in turns per <see cref="MovingSpritesOptions.Period"/> frames.</param>
/// <param name="IsClockwise">The direction of the motion.</param>
/// <param name="Phase">Where on its circle the object starts, in turns from 0 to 1.</param>
/// <param name="CentreX">The centre of the circle, in widths of the picture.</param>
/// <param name="CentreY">The centre of the circle, in heights of the picture.</param>
/// <param name="Scale">The size of the object relative to the common size.</param>
/// <param name="OffsetX">By how much the background is shifted, in widths of the picture.</param>
/// <param name="OffsetY">By how much the background is shifted, in heights of the picture.</param>
public sealed record SpriteFactors(
    int Object,
    int Background,
    double NativeSpeed,
    bool IsClockwise,
    double Phase,
    double CentreX,
    double CentreY,
    double Scale,
    double OffsetX,
    double OffsetY
);
