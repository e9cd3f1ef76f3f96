using System.Runtime.CompilerServices;

namespace Tacit.Graphs.Operators;

/// <summary>How numbers are rounded to a grid of few integers: what a FakeQuantize node says, and the grid that follows from it.</summary>
/// <remarks>
/// Asymmetric grids are those of HAST (equations of its section 3) with two repairs: the range always includes 0, so that zero
/// padding and a rectifier's zeros are exact, and a scale is never smaller than <see cref="SmallestScale"/>. A symmetric grid spans
/// [-m, m], where m is the larger end of the range, from -(2^(bits-1) - 1) to its opposite.
/// </remarks>
/// <example>3 bits over [-0.2, 0.5]: scale 0.1, q from -2 to 5; 0.26 becomes 3, which stands for 0.3.</example>
public sealed record Quantizer
{
    /// <summary>The operator of a node that simulates the rounding.</summary>
    public const string Operator = "FakeQuantize";

    /// <summary>The fewest bits of an integer.</summary>
    public const int FewestBits = 2;

    /// <summary>The most bits of an integer.</summary>
    public const int MostBits = 8;

    /// <summary>The smallest scale; a constant tensor has a range of no width.</summary>
    public const float SmallestScale = 1e-8f;

    // An asymmetric grid of so many bits would fill the byte that holds it only with a zero point for each channel, which integer
    // kernels run slowly or not at all.
    private const int SymmetricFrom = 7;

    // As far as 7 bits reach.
    private const int SmallestLargest = 63;

    /// <summary>The bits of an integer, 2 to 8. Default 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Bits
    {
        get;
        init => field = CheckBits(value);
    } = MostBits;

    /// <summary>The axis of the channels, each with a grid of its own; null for one grid. Default null.</summary>
    public int? Axis { get; init; }

    /// <summary>Whether grids reach as far down as up. Default false.</summary>
    public bool IsSymmetric { get; init; }

    /// <summary>The largest magnitude that a stored weight may have, 63 to 127. Default 127, all of a signed byte.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Largest
    {
        get;
        init =>
            field = value is >= SmallestLargest and <= sbyte.MaxValue
                ? value
                : throw new ArgumentOutOfRangeException(
                    nameof(Largest),
                    value,
                    $"{nameof(Largest)} must be {SmallestLargest} to {sbyte.MaxValue}, not {value}."
                );
    } = sbyte.MaxValue;

    /// <summary>The most bits of weights that stay within <see cref="Largest"/>: 8 reach 127, 7 reach 63.</summary>
    public int MostBitsOfWeights => Largest < sbyte.MaxValue ? SymmetricFrom : MostBits;

    /// <summary>The steps of a grid: 2^bits - 1, or one fewer where it is symmetric.</summary>
    public int Steps => (1 << Bits) - (IsSymmetric ? 2 : 1);

    /// <summary>The quantiser of a layer's weights, with a grid for each output channel, which is symmetric from 7 bits.</summary>
    /// <param name="bits">The bits, 2 to 8; those of <see cref="MostBitsOfWeights"/> where they are more.</param>
    /// <param name="axis">The axis of the output channels.</param>
    /// <param name="largest">See <see cref="Largest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static Quantizer OfWeights(int bits, int axis, int largest = sbyte.MaxValue)
    {
        var most = new Quantizer { Axis = axis, Largest = largest };
        bits = Math.Min(CheckBits(bits, nameof(bits)), most.MostBitsOfWeights);
        return most with { Bits = bits, IsSymmetric = bits >= SymmetricFrom };
    }

    /// <summary>The quantiser that a node simulates; null where it is of another operator, or there is none.</summary>
    public static Quantizer? Of(Node? node) => node?.Operator == Operator ? Of(node.Attributes) : null;

    /// <summary>The quantiser of a FakeQuantize node's attributes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static Quantizer Of(Attributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        return new Quantizer
        {
            Bits = (int)attributes.Int("bits", MostBits),
            Axis = attributes.Has("axis") ? (int)attributes.Int("axis") : null,
            IsSymmetric = attributes.Int("symmetric") != 0,
            Largest = (int)attributes.Int("largest", sbyte.MaxValue),
        };
    }

    /// <summary>The attributes of a FakeQuantize node.</summary>
    public Attributes ToAttributes()
    {
        var attributes = Attributes.None.With("bits", Bits).With("symmetric", IsSymmetric ? 1 : 0).With("largest", Largest);
        return Axis is { } axis ? attributes.With("axis", axis) : attributes;
    }

    /// <summary>The grid over a range, which is widened to include 0.</summary>
    public QuantizationGrid Over(float low, float high)
    {
        high = MathF.Max(IsSymmetric ? MathF.Max(-low, high) : high, 0);
        low = IsSymmetric ? -high : MathF.Min(low, 0);
        var scale = MathF.Max((high - low) / Steps, SmallestScale);
        return new QuantizationGrid(scale, IsSymmetric ? -Steps / 2 : (int)MathF.Round(low / scale), Steps);
    }

    /// <summary>The grids over the least and the greatest number of each channel of a tensor, or of all of it.</summary>
    /// <param name="tensor">Float32, with <see cref="Axis"/> counted from its first axis.</param>
    public QuantizationGrid[] Over(TensorData tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var channels = Axis is { } axis ? ChannelAxis.Of(tensor, axis) : new ChannelAxis(1, 1);
        var low = new float[channels.Count];
        var high = new float[channels.Count];
        var elements = tensor.As<float>();
        for (var i = 0; i < elements.Length; i++)
        {
            var channel = channels.Channel(i);
            low[channel] = MathF.Min(low[channel], elements[i]);
            high[channel] = MathF.Max(high[channel], elements[i]);
        }

        return [.. low.Zip(high, Over)];
    }

    /// <summary>How many times as large the integers of a grid of weights may be stored, so that they fill <see cref="Largest"/>; at least 1.</summary>
    public int Spread(QuantizationGrid grid) => Math.Max(1, Largest / Math.Max(-grid.Lowest, grid.Highest));

    internal static int CheckBits(int value, [CallerMemberName] string name = "") =>
        value is >= FewestBits and <= MostBits
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {FewestBits} to {MostBits} bits, not {value}.");
}
