using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Element-wise arithmetic, comparison and selection with multidirectional broadcasting.</summary>
/// <remarks>Sizes are aligned at the last axis, and sizes of 1 are repeated: (N, C, H, W) and (C, 1, 1) give (N, C, H, W).</remarks>
internal static class Arithmetic
{
    /// <summary>Add: a + b.</summary>
    public static Kernel Add(NodeSource source) => x => [x[0].add(x[1])];

    /// <summary>Sub: a - b.</summary>
    public static Kernel Subtract(NodeSource source) => x => [x[0].sub(x[1])];

    /// <summary>Mul: a · b.</summary>
    public static Kernel Multiply(NodeSource source) => x => [x[0].mul(x[1])];

    /// <summary>Div: a / b. Integers are rounded towards zero, as ONNX defines.</summary>
    public static Kernel Divide(NodeSource source) => x => [x[0].is_floating_point() ? x[0].div(x[1]) : x[0].div(x[1], RoundingMode.trunc)];

    /// <summary>Mod: the remainder of a / b. It has the sign of b, or that of a with <c>fmod</c> = 1.</summary>
    public static Kernel Modulo(NodeSource source) =>
        source.Attributes.Int("fmod") != 0 ? x => [x[0].fmod(x[1])] : x => [x[0].remainder(x[1])];

    /// <summary>Pow: a^b. The result has the element type of a.</summary>
    public static Kernel Power(NodeSource source)
    {
        var known = source.Number(1);
        return x =>
        {
            using var power = known is { } exponent ? x[0].pow(exponent) : x[0].pow(x[1]);
            return [power.dtype == x[0].dtype ? power.alias() : power.to(x[0].dtype)];
        };
    }

    /// <summary>Min of one or more operands.</summary>
    public static Kernel Minimum(NodeSource source) => x => [Fold(x, (a, b) => a.minimum(b))];

    /// <summary>Max of one or more operands.</summary>
    public static Kernel Maximum(NodeSource source) => x => [Fold(x, (a, b) => a.maximum(b))];

    /// <summary>Equal: a = b. The result is Boolean, as for all comparisons.</summary>
    public static Kernel Equal(NodeSource source) => x => [x[0].eq(x[1])];

    /// <summary>Less: a &lt; b.</summary>
    public static Kernel Less(NodeSource source) => x => [x[0].lt(x[1])];

    /// <summary>LessOrEqual: a ≤ b.</summary>
    public static Kernel LessOrEqual(NodeSource source) => x => [x[0].le(x[1])];

    /// <summary>Greater: a &gt; b.</summary>
    public static Kernel Greater(NodeSource source) => x => [x[0].gt(x[1])];

    /// <summary>GreaterOrEqual: a ≥ b.</summary>
    public static Kernel GreaterOrEqual(NodeSource source) => x => [x[0].ge(x[1])];

    /// <summary>And of Boolean operands.</summary>
    public static Kernel And(NodeSource source) => x => [x[0].logical_and(x[1])];

    /// <summary>Or of Boolean operands.</summary>
    public static Kernel Or(NodeSource source) => x => [x[0].logical_or(x[1])];

    /// <summary>Xor of Boolean operands.</summary>
    public static Kernel Xor(NodeSource source) => x => [x[0].logical_xor(x[1])];

    /// <summary>Where: element of b if the condition is true, of c otherwise. The condition (input 0) is Boolean.</summary>
    public static Kernel Where(NodeSource source) => x => [where(x[0], x[1], x[2])];

    private static Tensor Fold(Operands x, Func<Tensor, Tensor, Tensor> combine)
    {
        var result = x[0].alias();
        for (var i = 1; i < x.Count; i++)
        {
            using var before = result;
            result = combine(before, x[i]);
        }

        return result;
    }
}
