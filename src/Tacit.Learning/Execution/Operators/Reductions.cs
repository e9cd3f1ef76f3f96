using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Reductions over some axes, all where none are given: an attribute, or, for ReduceSum, an input.</summary>
internal static class Reductions
{
    public static Kernel Mean(NodeSource source) => Over(source, (x, axes, keep) => x.mean(axes, keep));

    public static Kernel Maximum(NodeSource source) => Over(source, (x, axes, keep) => x.amax(axes, keep));

    public static Kernel Minimum(NodeSource source) => Over(source, (x, axes, keep) => x.amin(axes, keep));

    public static Kernel Norm(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                using var squares = x.square();
                using var sum = squares.sum(axes, keep);
                return sum.sqrt();
            }
        );

    public static Kernel Product(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                // One axis at a time, from the last, so that those before keep their places.
                var result = x.alias();
                foreach (var axis in axes.OrderDescending())
                {
                    using var before = result;
                    result = before.prod(axis, keep, x.dtype);
                }

                return result;
            }
        );

    public static Kernel Sum(NodeSource source)
    {
        var axes = source.Integers(1);
        var keep = source.Attributes.Int("keepdims", 1) != 0;
        return x => [x[0].sum(Named(x[0], axes.Read(x)), keep, x[0].dtype)];
    }

    private static Kernel Over(NodeSource source, Func<Tensor, long[], bool, Tensor> reduce)
    {
        var axes = source.Attributes.Ints("axes");
        var keep = source.Attributes.Int("keepdims", 1) != 0;
        return x => [reduce(x[0], Named(x[0], axes), keep)];
    }

    private static long[] Named(Tensor x, long[]? axes) =>
        axes is { Length: > 0 } ? Axes.From(axes, x.dim()) : [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)];
}
