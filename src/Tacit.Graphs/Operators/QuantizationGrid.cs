namespace Tacit.Graphs.Operators;

/// <summary>A uniform grid of integers that stands for a range of numbers: x is held as q, with x ≈ q · Scale. <see cref="Quantizer"/> makes it.</summary>
/// <remarks>q runs from <see cref="Lowest"/> to <see cref="Highest"/>, which include 0, so that 0 is exact.</remarks>
public readonly record struct QuantizationGrid
{
    internal QuantizationGrid(float scale, int lowest, int steps)
    {
        Scale = scale;
        Lowest = lowest;
        Steps = steps;
    }

    /// <summary>The difference between the numbers of two neighbours.</summary>
    public float Scale { get; }

    /// <summary>The lowest integer, at most 0.</summary>
    public int Lowest { get; }

    /// <summary>The highest integer, at least 0.</summary>
    public int Highest => Lowest + Steps;

    /// <summary>The number of steps from <see cref="Lowest"/> to <see cref="Highest"/>.</summary>
    public int Steps { get; }

    /// <summary>The unsigned integer that 0 is stored as where <see cref="Lowest"/> is stored as 0.</summary>
    public byte ZeroPoint => (byte)-Lowest;

    /// <summary>The integer nearest to a number; halves go to the even one.</summary>
    public int Quantize(float value) => (int)Math.Clamp(MathF.Round(value / Scale), Lowest, Highest);

    /// <summary>The number that an integer stands for.</summary>
    public float Dequantize(int quantized) => quantized * Scale;
}
