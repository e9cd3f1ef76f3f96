using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>ReduceMean with its axes as an attribute; none means all.</summary>
internal static class Reductions
{
    public static Kernel Mean(NodeSource source)
    {
        var axes = source.Attributes.Ints("axes");
        var keep = source.Attributes.Int("keepdims", 1) != 0;
        return x => [x[0].mean(axes ?? All(x[0]), keep)];
    }

    private static long[] All(Tensor x) => [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)];
}
