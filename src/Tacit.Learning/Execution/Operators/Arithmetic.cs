using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Arithmetic, comparison and choice, element by element, with broadcasting.</summary>
internal static class Arithmetic
{
    public static Kernel Add(NodeSource source) => x => [x[0].add(x[1])];

    public static Kernel Subtract(NodeSource source) => x => [x[0].sub(x[1])];

    public static Kernel Multiply(NodeSource source) => x => [x[0].mul(x[1])];

    // Integers are divided towards zero.
    public static Kernel Divide(NodeSource source) => x => [x[0].is_floating_point() ? x[0].div(x[1]) : x[0].div(x[1], RoundingMode.trunc)];

    // The result has the type of the base.
    public static Kernel Power(NodeSource source)
    {
        var known = source.Number(1);
        return x =>
        {
            using var power = known is { } exponent ? x[0].pow(exponent) : x[0].pow(x[1]);
            return [power.dtype == x[0].dtype ? power.alias() : power.to(x[0].dtype)];
        };
    }

    public static Kernel Minimum(NodeSource source) => x => [Fold(x, (a, b) => a.minimum(b))];

    public static Kernel Maximum(NodeSource source) => x => [Fold(x, (a, b) => a.maximum(b))];

    public static Kernel Equal(NodeSource source) => x => [x[0].eq(x[1])];

    public static Kernel Less(NodeSource source) => x => [x[0].lt(x[1])];

    public static Kernel LessOrEqual(NodeSource source) => x => [x[0].le(x[1])];

    public static Kernel Greater(NodeSource source) => x => [x[0].gt(x[1])];

    public static Kernel GreaterOrEqual(NodeSource source) => x => [x[0].ge(x[1])];

    public static Kernel And(NodeSource source) => x => [x[0].logical_and(x[1])];

    public static Kernel Or(NodeSource source) => x => [x[0].logical_or(x[1])];

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
