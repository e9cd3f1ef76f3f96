namespace Tacit.TestKit;

/// <summary>A kind of object: a shape filled with a pattern of two colours.</summary>
/// <remarks>
/// The first eight kinds differ in shape, in pattern and in colour; the others are new combinations of shapes and patterns.
/// </remarks>
public sealed class Sprite
{
    /// <summary>The number of kinds.</summary>
    public const int Kinds = 64;

    private static readonly (string Name, Func<double, double, bool> Covers)[] Shapes =
    [
        ("disc", (x, y) => Math.Sqrt(x * x + y * y) <= 0.85),
        ("square", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.75),
        ("triangle", (x, y) => y is >= -0.9 and <= 0.75 && Math.Abs(x) <= (y + 0.9) * 0.6),
        ("cross", (x, y) => Math.Min(Math.Abs(x), Math.Abs(y)) <= 0.34 && Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.92),
        ("ring", (x, y) => Math.Sqrt(x * x + y * y) is >= 0.48 and <= 0.98),
        ("star", (x, y) => Math.Sqrt(x * x + y * y) <= 0.66 + 0.32 * Math.Cos(5 * Math.Atan2(x, -y))),
        ("diamond", (x, y) => 1.45 * Math.Abs(x) + Math.Abs(y) <= 1),
        ("crescent", (x, y) => Math.Sqrt(x * x + y * y) <= 0.98 && Math.Sqrt((x - 0.5) * (x - 0.5) + y * y) >= 0.68),
    ];

    private static readonly (string Name, Func<double, double, bool> IsSecond)[] Patterns =
    [
        ("plain", (_, _) => false),
        ("stripes", (_, y) => Math.Sin(9 * y) > 0),
        ("bars", (x, _) => Math.Sin(9 * x) > 0),
        ("checks", (x, y) => Math.Sin(8 * x) * Math.Sin(8 * y) > 0),
        ("wedges", (x, y) => Math.Sin(6 * Math.Atan2(y, x)) > 0),
        ("circles", (x, y) => Math.Sin(14 * Math.Sqrt(x * x + y * y)) > 0),
        ("slants", (x, y) => Math.Sin(7 * (x + y)) > 0),
        ("dots", (x, y) => Math.Cos(9 * x) + Math.Cos(9 * y) > 0.9),
    ];

    private readonly Func<double, double, bool> _covers;
    private readonly Func<double, double, bool> _isSecond;
    private readonly Rgb _first;
    private readonly Rgb _second;

    /// <summary>Creates an object of a kind, 0 to <see cref="Kinds"/> - 1.</summary>
    public Sprite(int kind)
    {
        var (shape, pattern) = (Shapes[kind % Shapes.Length], Patterns[(kind + kind / Shapes.Length) % Patterns.Length]);
        (Name, _covers, _isSecond) = ($"{shape.Name}-{pattern.Name}", shape.Covers, pattern.IsSecond);
        var hue = kind * 0.618; // the golden ratio spreads them
        (_first, _second) = (Rgb.FromHsv(hue, 0.85, 1), Rgb.FromHsv(hue + 0.45, 0.9, 0.35));
    }

    /// <summary>The shape and pattern, such as "square-stripes".</summary>
    public string Name { get; }

    /// <summary>Returns the colour at a point, x and y (downwards) from -1 to 1; null outside the object.</summary>
    internal Rgb? At(double x, double y) =>
        !_covers(x, y) ? null
        : _isSecond(x, y) ? _second
        : _first;
}
