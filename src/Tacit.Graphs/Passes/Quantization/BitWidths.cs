using System.Collections.Immutable;
using System.IO.Enumeration;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Bits for the layers and activations of a name.</summary>
/// <param name="Name">The name of a layer or of an activation; "*" stands for any characters.</param>
/// <param name="Bits">The bits of the layer's weights, or of the activation: 2 to 8.</param>
public sealed record NamedBits(string Name, int Bits)
{
    /// <inheritdoc cref="NamedBits" path="/param[@name='Bits']"/>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Bits { get; } = Quantizer.CheckBits(Bits);

    /// <summary>Whether a name is meant.</summary>
    public bool Matches(string name) => name == Name || FileSystemName.MatchesSimpleExpression(Name, name, ignoreCase: false);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Bits}";
}

/// <summary>How much of a byte the integers of weights fill.</summary>
public enum WeightRange
{
    /// <summary>As much as computes the same on every processor; with inputs of 8 bits -64 to 64, so that 8 bits become 7. The default.</summary>
    Safe,

    /// <summary>
    /// All of it, -127 to 127. x86 processors without VNNI (Intel before Cascade Lake and most laptops before Ice Lake, AMD before
    /// Zen 4) add two products in 16 bits, which such weights overflow: there the network computes something else.
    /// </summary>
    Full,
}

/// <summary>The bits of a quantised network.</summary>
public sealed record BitWidths
{
    /// <summary>The bits of quantisers that the paper does not have and deployment needs: the input, sums' operands, pooled features.</summary>
    public const int Deployment = 8;

    /// <summary>The bits from which rounding to nearest is enough, and nothing needs to be trained.</summary>
    public const int Sufficient = 7;

    /// <summary>The bits of weights, 2 to 8. Default 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Weights
    {
        get;
        init => field = Quantizer.CheckBits(value);
    } = 8;

    /// <summary>How much of a byte the integers of weights fill. Default <see cref="WeightRange.Safe"/>.</summary>
    public WeightRange Range { get; init; }

    /// <summary>The bits of activations, 2 to 8. Default 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Activations
    {
        get;
        init => field = Quantizer.CheckBits(value);
    } = 8;

    /// <summary>The bits of the weights of the first and the last layer; null gives them the bits of all others, as in the paper.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int? FirstAndLast
    {
        get;
        init => field = value is { } bits ? Quantizer.CheckBits(bits) : null;
    }

    /// <summary>The bits of single layers and activations, instead of all the above; of several that fit, the last holds.</summary>
    public ImmutableArray<NamedBits> Named { get; init; } = [];

    /// <summary>The bits that a name in <see cref="Named"/> gives to a layer; null where none does.</summary>
    /// <param name="layer">A layer, which goes by the name of its node, of its result, or of its weights.</param>
    public int? NamedFor(Node layer) => Named.LastOrDefault(named => IsFor(named, layer))?.Bits;

    /// <summary>The bits that a name in <see cref="Named"/> gives to an activation; null where none does.</summary>
    public int? NamedFor(string activation) => Named.LastOrDefault(named => named.Matches(activation))?.Bits;

    /// <inheritdoc/>
    public override string ToString() => $"W{Weights}A{Activations}";

    internal static bool IsFor(NamedBits named, Node layer) =>
        named.Matches(layer.Name) || named.Matches(layer.Output) || named.Matches(layer.Inputs[1]);
}
