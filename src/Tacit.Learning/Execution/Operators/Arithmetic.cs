using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>The four operations, element by element, with broadcasting.</summary>
internal static class Arithmetic
{
    public static Kernel Add(NodeSource source) => x => [x[0].add(x[1])];

    public static Kernel Subtract(NodeSource source) => x => [x[0].sub(x[1])];

    public static Kernel Multiply(NodeSource source) => x => [x[0].mul(x[1])];

    // Integers are divided towards zero.
    public static Kernel Divide(NodeSource source) => x =>
        [x[0].is_floating_point() ? x[0].div(x[1]) : x[0].div(x[1], RoundingMode.trunc)];
}
