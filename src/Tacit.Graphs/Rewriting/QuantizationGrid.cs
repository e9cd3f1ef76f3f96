namespace Tacit.Graphs.Rewriting;

/// <summary>A uniform grid of integers that stands for a range of numbers: x is held as q, with x ≈ q · Scale.</summary>
/// <remarks>
/// Asymmetric, after HAST (equations of its section 3) with two repairs: the range always includes 0, so that zero padding
/// and a rectifier's zeros are exact, and a scale is never smaller than <see cref="SmallestScale"/>.
/// q runs from <see cref="Lowest"/> to <see cref="Highest"/>, which include 0; the stored zero point is a matter of the export.
/// </remarks>
/// <example>3 bits over [-0.2, 0.5]: scale 0.1, q from -2 to 5; 0.26 becomes 3, which stands for 0.3.</example>
public readonly record struct QuantizationGrid
{
    /// <summary>The smallest scale; a constant tensor has a range of no width.</summary>
    public const float SmallestScale = 1e-8f;

    private QuantizationGrid(float scale, int lowest, int levels, int bits)
    {
        Scale = scale;
        Lowest = lowest;
        Levels = levels;
        Bits = bits;
    }

    /// <summary>The step between neighbours.</summary>
    public float Scale { get; }

    /// <summary>The lowest integer, at most 0.</summary>
    public int Lowest { get; }

    /// <summary>The highest integer, at least 0.</summary>
    public int Highest => Lowest + Levels;

    /// <summary>The bits of an integer, 2 to 8.</summary>
    public int Bits { get; }

    /// <summary>The number of steps: 2^bits - 1, or one less where the grid is symmetric.</summary>
    public int Levels { get; }

    /// <summary>The grid of so many bits over a range, which is widened to include 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bits are not 2 to 8.</exception>
    public static QuantizationGrid Over(float low, float high, int bits)
    {
        Check(bits);
        low = MathF.Min(low, 0);
        high = MathF.Max(high, 0);
        var levels = (1 << bits) - 1;
        var scale = MathF.Max((high - low) / levels, SmallestScale);
        return new QuantizationGrid(scale, (int)MathF.Round(low / scale), levels, bits);
    }

    /// <summary>The grid of so many bits over [-m, m], where m is the larger end of a range: q from -(2^(bits-1) - 1) to its opposite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bits are not 2 to 8.</exception>
    public static QuantizationGrid Symmetric(float low, float high, int bits)
    {
        Check(bits);
        var highest = (1 << (bits - 1)) - 1;
        var scale = MathF.Max(MathF.Max(-low, high) / highest, SmallestScale);
        return new QuantizationGrid(scale, -highest, 2 * highest, bits);
    }

    /// <summary>The integer nearest to a number; halves go to the even one.</summary>
    public int Quantize(float value) => (int)Math.Clamp(MathF.Round(value / Scale), Lowest, Highest);

    /// <summary>The number that an integer stands for.</summary>
    public float Dequantize(int quantized) => quantized * Scale;

    private static void Check(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
    }
}
