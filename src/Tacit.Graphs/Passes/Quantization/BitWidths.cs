using System.Collections.Immutable;
using System.IO.Enumeration;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Assigns a number of bits to the layers and activations whose names match a pattern.</summary>
/// <param name="Name">The name of a layer or an activation. "*" matches any characters.</param>
/// <param name="Bits">The bits of the layer's weights, or of the activation: 2 to 8.</param>
/// <example><c>new NamedBits("layer1.*", 8)</c> keeps the layers of the first stage at 8 bits.</example>
public sealed record NamedBits(string Name, int Bits)
{
    /// <inheritdoc cref="NamedBits" path="/param[@name='Bits']"/>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Bits { get; } = Quantizer.CheckBits(Bits);

    /// <summary>Returns whether a name matches the pattern. The comparison is case-sensitive.</summary>
    public bool Matches(string name) => Matches(Name, name);

    /// <summary>Returns whether a name matches a pattern, in which "*" matches any characters.</summary>
    internal static bool Matches(string pattern, string name) =>
        name == pattern || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Bits}";
}

/// <summary>Specifies how much of the signed byte the integers of weights use.</summary>
public enum WeightRange
{
    /// <summary>
    /// The largest range that gives the same result on every processor. If a layer's input has 8 bits, this is -64 to 64, and weights of 8
    /// bits then use 7. If it has 7 bits or fewer, it is -127 to 127. This is the default.
    /// </summary>
    Safe,

    /// <summary>
    /// -127 to 127. x86 processors without VNNI (Intel before Cascade Lake and most laptops before Ice Lake, AMD before Zen 4) add two
    /// products in 16 bits. Such weights overflow there, and the network computes other results. See <c>SaturationBound</c>.
    /// </summary>
    Full,
}

/// <summary>Specifies the bits of a quantised network.</summary>
/// <remarks>
/// The text form is W{weights}A{activations}, for example W4A4. <see cref="Named"/> takes precedence over <see cref="FirstAndLast"/>, and
/// this over <see cref="Weights"/>.
/// </remarks>
/// <example>
/// <code>
/// var bits = new BitWidths
/// {
///     Weights = 3,
///     Activations = 3,
///     FirstAndLast = 8,
///     Named = [new NamedBits("layer4.*", 4)],
/// };
/// </code>
/// </example>
public sealed record BitWidths
{
    /// <summary>
    /// The bits of quantisers that the HAST paper does not have and integer kernels need: on the input, on operands of sums and on pooled
    /// features.
    /// </summary>
    public const int Deployment = 8;

    /// <summary>
    /// The number of bits from which rounding to nearest is accurate enough. If all weights and activations have at least these bits,
    /// nothing is fine-tuned.
    /// </summary>
    public const int Sufficient = 7;

    /// <summary>The bits of weights, 2 to 8. Default 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside the range.</exception>
    public int Weights
    {
        get;
        init => field = Quantizer.CheckBits(value);
    } = 8;

    /// <summary>How much of a byte the integers of weights use. Default <see cref="WeightRange.Safe"/>.</summary>
    public WeightRange Range { get; init; }

    /// <summary>
    /// The bits of activations, 2 to 8. Default 8. Quantisers without an activation function have <see cref="Deployment"/> bits.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside the range.</exception>
    public int Activations
    {
        get;
        init => field = Quantizer.CheckBits(value);
    } = 8;

    /// <summary>
    /// The bits of the weights of the first and the last layer, 2 to 8. Null, the default, gives them <see cref="Weights"/> bits, as in the
    /// paper.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside the range.</exception>
    public int? FirstAndLast
    {
        get;
        init => field = value is { } bits ? Quantizer.CheckBits(bits) : null;
    }

    /// <summary>
    /// The bits of individual layers and activations. If several patterns match a name, the last one applies. Default empty.
    /// </summary>
    public ImmutableArray<NamedBits> Named { get; init; } = [];

    /// <summary>
    /// Names of nodes that stay in float, with their weights. "*" matches any characters. A pattern can match the name of a node, of its
    /// result or of its weights. Default empty.
    /// </summary>
    public ImmutableArray<string> Float { get; init; } = [];

    /// <summary>Returns whether <see cref="Float"/> names a node.</summary>
    public bool IsFloat(Node node) => Float.Any(pattern => IsFor(pattern, node));

    /// <summary>Returns the bits that <see cref="Named"/> assigns to a layer; null if no pattern matches.</summary>
    /// <param name="layer">A layer. A pattern can match the name of its node, of its result or of its weights.</param>
    public int? NamedFor(Node layer) => Named.LastOrDefault(named => IsFor(named.Name, layer))?.Bits;

    /// <summary>Returns the bits that <see cref="Named"/> assigns to an activation; null if no pattern matches.</summary>
    /// <param name="activation">The name of the value.</param>
    public int? NamedFor(string activation) => Named.LastOrDefault(named => named.Matches(activation))?.Bits;

    /// <inheritdoc/>
    public override string ToString() => $"W{Weights}A{Activations}";

    /// <summary>Returns whether a pattern matches the name of a node, of its result or of its weights.</summary>
    internal static bool IsFor(string pattern, Node node) =>
        NamedBits.Matches(pattern, node.Name)
        || NamedBits.Matches(pattern, node.Output)
        || (node.InputOrNull(1) is { } weights && NamedBits.Matches(pattern, weights));
}
