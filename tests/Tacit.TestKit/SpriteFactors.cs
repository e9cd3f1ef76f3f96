namespace Tacit.TestKit;

/// <summary>The factors of a video of <see cref="MovingSprites"/>. They are drawn independently of each other.</summary>
/// <param name="Object">The kind of object, from 0. It is the class of the video.</param>
/// <param name="Background">The kind of background, from 0.</param>
/// <param name="NativeSpeed">The speed of the object in turns per <see cref="MovingSpritesOptions.Period"/> frames.</param>
/// <param name="IsClockwise">The direction of the motion.</param>
/// <param name="Phase">The start position of the object on its circle, in turns from 0 to 1.</param>
/// <param name="CentreX">The centre of the circle, in widths of the picture.</param>
/// <param name="CentreY">The centre of the circle, in heights of the picture.</param>
/// <param name="Scale">The size of the object relative to the common size.</param>
/// <param name="OffsetX">The horizontal shift of the background, in widths of the picture.</param>
/// <param name="OffsetY">The vertical shift of the background, in heights of the picture.</param>
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
