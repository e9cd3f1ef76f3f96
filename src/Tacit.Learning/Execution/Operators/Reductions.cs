using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>ReduceMean with its axes as an attribute, ReduceSum with its axes as an input.</summary>
internal static class Reductions
{
    public static Kernel Mean(NodeSource source)
    {
        var axes = source.Attributes.Ints("axes");
        var keep = source.Attributes.Int("keepdims", 1) != 0;
        return x => [x[0].mean(axes ?? All(x[0]), keep)];
    }

    public static Kernel Sum(NodeSource source)
    {
        var axes = source.Integers(1);
        var keep = source.Attributes.Int("keepdims", 1) != 0;
        var emptyIsNone = source.Attributes.Int("noop_with_empty_axes") != 0;
        return x =>
        {
            var along = axes.Read(x);
            if (along is null or [])
            {
                return emptyIsNone ? [x[0].alias()] : [x[0].sum(All(x[0]), keep)];
            }

            return [x[0].sum(along, keep)];
        };
    }

    private static long[] All(Tensor x) => [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)];
}
