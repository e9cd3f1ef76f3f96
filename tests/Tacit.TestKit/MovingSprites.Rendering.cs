namespace Tacit.TestKit;

public sealed partial class MovingSprites
{
    private const double Orbit = 0.2; // the radius of the circle, in sizes of the picture
    private const int Samples = 3; // points across a pixel

    /// <summary>Returns the centre of a video's object in a frame, in pixels from the left and from the top.</summary>
    public (double X, double Y) Position(int video, int frame)
    {
        var factors = Factors[video];
        var turns = factors.Phase + (factors.IsClockwise ? 1 : -1) * factors.NativeSpeed * frame / _options.Period;
        var angle = 2 * Math.PI * turns;
        return (_options.Size * (factors.CentreX + Orbit * Math.Cos(angle)), _options.Size * (factors.CentreY + Orbit * Math.Sin(angle)));
    }

    private Rgb[] Background(SpriteFactors factors)
    {
        // Two waves between two colours. Directions, lengths and colours depend on the kind.
        var kind = factors.Background;
        var (first, second) = (2 * Math.PI * (3 + kind % 3), 2 * Math.PI * (5 + kind % 4));
        var (angle, hue) = (kind * 2.4, kind * 0.618 + 0.3);
        var (dark, light) = (Rgb.FromHsv(hue, 0.5, 0.3), Rgb.FromHsv(hue + 0.1, 0.35, 0.7));
        var picture = new Rgb[_options.Size * _options.Size];
        for (var i = 0; i < picture.Length; i++)
        {
            var x = (double)(i % _options.Size) / _options.Size + factors.OffsetX;
            var y = (double)(i / _options.Size) / _options.Size + factors.OffsetY;
            var height = Math.Sin(first * (x * Math.Cos(angle) + y * Math.Sin(angle)));
            height += Math.Sin(second * (x * Math.Sin(angle + 1) - y * Math.Cos(angle + 1)));
            var share = 0.5 + height / 4;
            picture[i] = share * light + (1 - share) * dark;
        }

        return picture;
    }

    private void Render(Rgb[] background, int video, int frame, Span<byte> pixels)
    {
        var size = _options.Size;
        var (centreX, centreY) = Position(video, frame);
        var sprite = _sprites[Factors[video].Object];
        var radius = _options.Radius * Factors[video].Scale * size;
        for (var i = 0; i < background.Length; i++)
        {
            var (x, y) = (i % size, i / size);
            var colour =
                Math.Abs(x + 0.5 - centreX) > radius + 1 || Math.Abs(y + 0.5 - centreY) > radius + 1
                    ? background[i]
                    : Mean(sprite, background[i], (x - centreX) / radius, (y - centreY) / radius, 1 / radius);
            colour.Write(pixels[(3 * i)..]);
        }
    }

    // Averages over evenly spaced points in a pixel, which smooths edges. The pixel is given by its corner and side in radii of the sprite.
    private static Rgb Mean(Sprite sprite, Rgb background, double left, double top, double side)
    {
        var sum = default(Rgb);
        for (var i = 0; i < Samples * Samples; i++)
        {
            sum += sprite.At(left + side * (i % Samples + 0.5) / Samples, top + side * (i / Samples + 0.5) / Samples) ?? background;
        }

        return 1.0 / (Samples * Samples) * sum;
    }
}
