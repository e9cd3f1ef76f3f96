namespace Tacit.Graphs.Operators;

/// <summary>
/// A uniform grid of integers that represents a range of numbers: x is stored as q, with x ≈ q · Scale. <see cref="Quantizer"/> creates it.
/// </summary>
/// <remarks>q ranges from <see cref="Lowest"/> to <see cref="Highest"/>. This range includes 0, so 0 is exact.</remarks>
public readonly record struct QuantizationGrid
{
    internal QuantizationGrid(float scale, int lowest, int steps)
    {
        Scale = scale;
        Lowest = lowest;
        Steps = steps;
    }

    /// <summary>The difference between the numbers of two neighbouring integers.</summary>
    public float Scale { get; }

    /// <summary>The lowest integer, at most 0.</summary>
    public int Lowest { get; }

    /// <summary>The highest integer, at least 0.</summary>
    public int Highest => Lowest + Steps;

    /// <summary>The number of steps from <see cref="Lowest"/> to <see cref="Highest"/>.</summary>
    public int Steps { get; }

    /// <summary>The unsigned integer that represents 0 if <see cref="Lowest"/> is stored as 0.</summary>
    public byte ZeroPoint => (byte)-Lowest;

    /// <summary>Returns the nearest integer to a number. Halves are rounded to even.</summary>
    public int Quantize(float value) => (int)Math.Clamp(MathF.Round(value / Scale), Lowest, Highest);

    /// <summary>Returns the number that an integer represents.</summary>
    public float Dequantize(int quantized) => quantized * Scale;
}
