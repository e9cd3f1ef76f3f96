using System.Runtime.CompilerServices;

namespace Tacit.Graphs.Operators;

/// <summary>Specifies how numbers are rounded to a grid of few integers: the attributes of a FakeQuantize node.</summary>
/// <remarks>
/// <para>
/// Asymmetric grids are those of HAST (section 3 of the paper) with two corrections. The range always includes 0, so that zero padding and
/// the zeros of a rectifier are exact. A scale is never smaller than <see cref="SmallestScale"/>.
/// </para>
/// <para>
/// A symmetric grid spans [-m, m], where m is the larger magnitude of the range. Its integers are -(2^(bits-1) - 1) to 2^(bits-1) - 1.
/// </para>
/// </remarks>
/// <example>3 bits over [-0.2, 0.5]: the scale is 0.1 and q is -2 to 5. The number 0.26 becomes q = 3, which represents 0.3.</example>
public sealed record Quantizer
{
    /// <summary>The operator of a node that simulates the rounding.</summary>
    public const string Operator = "FakeQuantize";

    /// <summary>The smallest number of bits of an integer, 2.</summary>
    public const int FewestBits = 2;

    /// <summary>The largest number of bits of an integer, 8.</summary>
    public const int MostBits = 8;

    /// <summary>The smallest scale, 1e-8. It is needed for constant tensors, whose range has no width.</summary>
    public const float SmallestScale = 1e-8f;

    // With this many bits, an asymmetric grid fills its byte only if each channel has a zero point, which integer
    // kernels support slowly or not at all.
    private const int SymmetricFrom = 7;

    // The largest magnitude of 7 bits.
    private const int SmallestLargest = 63;

    /// <summary>The bits of an integer, 2 to 8. Default 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Bits
    {
        get;
        init => field = CheckBits(value);
    } = MostBits;

    /// <summary>The axis of the channels, which have one grid each; null (default) for a single grid.</summary>
    public int? Axis { get; init; }

    /// <summary>Whether grids extend equally far below and above 0. Default false.</summary>
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

    /// <summary>The largest number of bits of weights within <see cref="Largest"/>: 8 bits reach 127, 7 bits reach 63.</summary>
    public int MostBitsOfWeights => Largest < sbyte.MaxValue ? SymmetricFrom : MostBits;

    /// <summary>The number of steps of a grid: 2^bits - 1, or one fewer if it is symmetric.</summary>
    public int Steps => (1 << Bits) - (IsSymmetric ? 2 : 1);

    /// <summary>
    /// Returns the quantiser of a layer's weights. It has a grid for each output channel, which is symmetric from 7 bits on.
    /// </summary>
    /// <param name="bits">The number of bits, 2 to 8. At most <see cref="MostBitsOfWeights"/> are used.</param>
    /// <param name="axis">The axis of the output channels.</param>
    /// <param name="largest">See <see cref="Largest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static Quantizer OfWeights(int bits, int axis, int largest = sbyte.MaxValue)
    {
        var most = new Quantizer { Axis = axis, Largest = largest };
        bits = Math.Min(CheckBits(bits, nameof(bits)), most.MostBitsOfWeights);
        return most with { Bits = bits, IsSymmetric = bits >= SymmetricFrom };
    }

    /// <summary>Returns the quantiser that a node simulates; null if the node is null or has another operator.</summary>
    public static Quantizer? Of(Node? node) => node?.Operator == Operator ? Of(node.Attributes) : null;

    /// <summary>Returns the quantiser with the attributes of a FakeQuantize node.</summary>
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

    /// <summary>Returns the attributes of a FakeQuantize node.</summary>
    public Attributes ToAttributes()
    {
        var attributes = Attributes.None.With("bits", Bits).With("symmetric", IsSymmetric ? 1 : 0).With("largest", Largest);
        return Axis is { } axis ? attributes.With("axis", axis) : attributes;
    }

    /// <summary>Returns the grid over a range. The range is extended to include 0.</summary>
    /// <param name="low">The lower end of the range.</param>
    /// <param name="high">The upper end of the range.</param>
    public QuantizationGrid Over(float low, float high)
    {
        high = MathF.Max(IsSymmetric ? MathF.Max(-low, high) : high, 0);
        low = IsSymmetric ? -high : MathF.Min(low, 0);
        var scale = MathF.Max((high - low) / Steps, SmallestScale);
        return new QuantizationGrid(scale, IsSymmetric ? -Steps / 2 : (int)MathF.Round(low / scale), Steps);
    }

    /// <summary>Returns the grids over the smallest and the largest element of each channel of a tensor, or of the whole tensor.</summary>
    /// <param name="tensor">A Float32 tensor. <see cref="Axis"/> counts from its first axis.</param>
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

    /// <summary>
    /// Returns the integer factor by which the stored integers of a grid of weights can be multiplied to make use of <see cref="Largest"/>;
    /// at least 1.
    /// </summary>
    /// <param name="grid">The grid.</param>
    public int Spread(QuantizationGrid grid) => Math.Max(1, Largest / Math.Max(-grid.Lowest, grid.Highest));

    internal static int CheckBits(int value, [CallerMemberName] string name = "") =>
        value is >= FewestBits and <= MostBits
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {FewestBits} to {MostBits} bits, not {value}.");
}
