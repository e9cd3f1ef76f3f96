using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes operators that select elements by their order, and those that mark or number places.</summary>
internal static class Selecting
{
    /// <summary>ArgMax: the index of the largest element along <c>axis</c> (default 0).</summary>
    /// <remarks>Of equal elements the first one counts, or the last one with <c>select_last_index</c>.</remarks>
    public static Kernel ArgMax(NodeSource source) => Extremum(source, (x, axis) => x.argmax(axis, keepdim: true));

    /// <summary>ArgMin: the index of the smallest element along <c>axis</c> (default 0).</summary>
    /// <inheritdoc cref="ArgMax" path="/remarks"/>
    public static Kernel ArgMin(NodeSource source) => Extremum(source, (x, axis) => x.argmin(axis, keepdim: true));

    /// <summary>Hardmax: 1 for the first of the largest elements along <c>axis</c> (default -1), 0 elsewhere.</summary>
    public static Kernel Hardmax(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        return x =>
        {
            using var place = x[0].argmax(axis, keepdim: true);
            using var zeros = zeros_like(x[0]);
            using var one = ones_like(place, x[0].dtype);
            return [zeros.scatter(axis, place, one)];
        };
    }

    /// <summary>TopK: the k (input 1) largest elements along <c>axis</c> (default -1) in order, and their indices.</summary>
    /// <remarks>With <c>largest</c> = 0 they are the smallest ones. Of equal elements the one with the lower index comes first.</remarks>
    public static Kernel TopK(NodeSource source)
    {
        var (axis, largest) = (source.Attributes.Int("axis", -1), source.Attributes.Int("largest", 1) != 0);
        var count = source.Integers(1);
        return x =>
        {
            // libtorch's topk leaves the order of equal elements open.
            var (values, indices) = x[0].sort(axis, descending: largest, stable: true);
            using (values)
            using (indices)
            {
                var k = count.Read(x)![0];
                return [values.narrow(axis, 0, k).clone(), indices.narrow(axis, 0, k).clone()];
            }
        };
    }

    /// <summary>OneHot: values[1] where the position along the new axis is the index, values[0] elsewhere.</summary>
    /// <remarks>Inputs: indices, depth, values. Negative indices count from depth. Indices out of range give no values[1].</remarks>
    public static Kernel OneHot(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        var depth = source.Reals(1);
        return x =>
        {
            using var scope = NewDisposeScope();
            var size = (long)depth.Read(x)![0];
            var along = Axes.From(axis, x[0].dim() + 1);
            var index = Indexing.Positive(x[0], size).unsqueeze(along);
            long[] sizes = [.. Enumerable.Repeat(1L, (int)index.dim())];
            sizes[along] = size;
            var marks = index.eq(arange(size, device: x[0].device).reshape(sizes));
            return [torch.where(marks, x[2][1], x[2][0]).MoveToOuterDisposeScope()];
        };
    }

    /// <summary>CumSum: the sum of all elements up to each place along the axis in input 1.</summary>
    /// <remarks>With <c>exclusive</c>, the element itself does not count. With <c>reverse</c>, the sum runs from the end.</remarks>
    public static Kernel CumSum(NodeSource source)
    {
        var (exclusive, reverse) = (source.Attributes.Int("exclusive") != 0, source.Attributes.Int("reverse") != 0);
        var axis = source.Integers(1);
        return x =>
        {
            using var scope = NewDisposeScope();
            var along = Axes.From(axis.Read(x)![0], x[0].dim());
            var forwards = reverse ? x[0].flip(along) : x[0].alias();
            var sum = forwards.cumsum(along, x[0].dtype);
            sum = exclusive ? sum - forwards : sum;
            return [(reverse ? sum.flip(along) : sum).MoveToOuterDisposeScope()];
        };
    }

    /// <summary>Trilu: the triangle above (<c>upper</c>, the default) or below the diagonal in input 1 (default 0).</summary>
    public static Kernel Trilu(NodeSource source)
    {
        var upper = source.Attributes.Int("upper", 1) != 0;
        var diagonal = source.Integers(1);
        return x =>
        {
            var k = diagonal.Read(x) is [var stated] ? stated : 0;
            return [upper ? x[0].triu(k) : x[0].tril(k)];
        };
    }

    /// <summary>EyeLike: ones on the diagonal <c>k</c> of a matrix of the size of x, zeros elsewhere.</summary>
    public static Kernel EyeLike(NodeSource source)
    {
        var diagonal = source.Attributes.Int("k");
        var type = source.Attributes.Has("dtype") ? ((ElementType)source.Attributes.Int("dtype")).ToScalarType() : (ScalarType?)null;
        return x =>
        {
            using var filled = ones(x[0].shape, dtype: type ?? x[0].dtype, device: x[0].device);
            using var upper = filled.triu(diagonal);
            return [upper.tril(diagonal)];
        };
    }

    /// <summary>NonZero: the indices (rank of x, count) of the elements that are not 0, in row-major order.</summary>
    public static Kernel NonZero(NodeSource source) =>
        x =>
        {
            using var whole = x[0].dim() == 0 ? x[0].reshape(1) : x[0].alias();
            using var places = whole.nonzero();
            using var rows = places.t();
            return [rows.contiguous()];
        };

    /// <summary>Range: the numbers from start (input 0) to limit (input 1, exclusive) in steps of delta (input 2).</summary>
    public static Kernel Range(NodeSource source) =>
        x =>
        {
            var (start, limit, delta) = (x[0].ToDouble(), x[1].ToDouble(), x[2].ToDouble());
            using var places = arange((long)Math.Max(0, Math.Ceiling((limit - start) / delta)), x[0].dtype, x[0].device);
            using var steps = places * x[2];
            return [steps + x[0]];
        };

    private static Kernel Extremum(NodeSource source, Func<Tensor, long, Tensor> find)
    {
        var axis = source.Attributes.Int("axis");
        var (keep, last) = (source.Attributes.Int("keepdims", 1) != 0, source.Attributes.Int("select_last_index") != 0);
        return x =>
        {
            using var scope = NewDisposeScope();
            var along = Axes.From(axis, x[0].dim());
            var place = last ? x[0].shape[(int)along] - 1 - find(x[0].flip(along), along) : find(x[0], along);
            return [(keep ? place : place.squeeze(along)).MoveToOuterDisposeScope()];
        };
    }
}
