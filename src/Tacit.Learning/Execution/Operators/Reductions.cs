using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes reductions over axes.</summary>
/// <remarks>
/// The axes are an attribute, and for ReduceSum input 1. Without axes, all are reduced. With <c>keepdims</c> (default 1), reduced axes keep
/// the size 1.
/// </remarks>
internal static class Reductions
{
    /// <summary>ReduceMean.</summary>
    public static Kernel Mean(NodeSource source) => Over(source, (x, axes, keep) => x.mean(axes, keep));

    /// <summary>ReduceMax.</summary>
    public static Kernel Maximum(NodeSource source) => Over(source, (x, axes, keep) => x.amax(axes, keep));

    /// <summary>ReduceMin.</summary>
    public static Kernel Minimum(NodeSource source) => Over(source, (x, axes, keep) => x.amin(axes, keep));

    /// <summary>ReduceL2: the square root of the sum of squares.</summary>
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

    /// <summary>ReduceL1: the sum of magnitudes.</summary>
    public static Kernel Magnitudes(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                using var magnitudes = x.abs();
                return magnitudes.sum(axes, keep, x.dtype);
            }
        );

    /// <summary>ReduceSumSquare: the sum of squares.</summary>
    public static Kernel Squares(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                using var squares = x.square();
                return squares.sum(axes, keep, x.dtype);
            }
        );

    /// <summary>ReduceLogSum: the logarithm of the sum.</summary>
    public static Kernel LogSum(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                using var sum = x.sum(axes, keep);
                return sum.log();
            }
        );

    /// <summary>ReduceLogSumExp: the logarithm of the sum of exponentials.</summary>
    public static Kernel LogSumExp(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                // The largest element is subtracted before exp, which could overflow otherwise.
                using var scope = NewDisposeScope();
                var largest = x.detach().amax(axes, true);
                var sum = (x - largest).exp().sum(axes, true).log() + largest;
                return (keep ? sum : sum.reshape([.. x.shape.Where((_, axis) => !axes.Contains(axis))])).MoveToOuterDisposeScope();
            }
        );

    /// <summary>ReduceProd.</summary>
    public static Kernel Product(NodeSource source) =>
        Over(
            source,
            (x, axes, keep) =>
            {
                // prod reduces one axis at a time. From the last axis on, the indices of the others stay valid.
                var result = x.alias();
                foreach (var axis in axes.OrderDescending())
                {
                    using var before = result;
                    result = before.prod(axis, keep, x.dtype);
                }

                return result;
            }
        );

    /// <summary>ReduceSum. Its axes are input 1.</summary>
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
