using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes operators that read or replace elements at computed indices. Negative indices count from the end.</summary>
internal static class Indexing
{
    /// <summary>GatherElements: for each index in input 1, the element of x at that index along <c>axis</c> (default 0).</summary>
    public static Kernel GatherElements(NodeSource source)
    {
        var axis = source.Attributes.Int("axis");
        return x =>
        {
            using var scope = NewDisposeScope();
            var along = Axes.From(axis, x[0].dim());
            return [x[0].gather(along, Positive(x[1], x[0].shape[(int)along])).MoveToOuterDisposeScope()];
        };
    }

    /// <summary>ScatterElements: x with the elements at the indices (input 1) along <c>axis</c> replaced by the updates (input 2).</summary>
    /// <remarks>With <c>reduction</c> = "add", the updates are added.</remarks>
    public static Kernel ScatterElements(NodeSource source)
    {
        var (axis, adds) = (source.Attributes.Int("axis"), Adds(source));
        return x =>
        {
            using var scope = NewDisposeScope();
            var along = Axes.From(axis, x[0].dim());
            var index = Positive(x[1], x[0].shape[(int)along]);
            var result = adds ? x[0].scatter_add(along, index, x[2]) : x[0].scatter(along, index, x[2]);
            return [result.MoveToOuterDisposeScope()];
        };
    }

    /// <summary>GatherND: for each vector of indices in the last axis of input 1, the part of x at that place.</summary>
    /// <remarks>The first <c>batch_dims</c> (default 0) axes are common to both.</remarks>
    public static Kernel GatherND(NodeSource source)
    {
        var batch = (int)source.Attributes.Int("batch_dims");
        return x =>
        {
            using var scope = NewDisposeScope();
            var (data, indices) = (x[0].shape, x[1].shape);
            var (places, part) = Places(data, x[1], batch);
            return
            [
                part(x[0])
                    .index_select(0, places)
                    .reshape([.. indices[..^1], .. data[(batch + (int)indices[^1])..]])
                    .MoveToOuterDisposeScope(),
            ];
        };
    }

    /// <summary>ScatterND: x with the parts at the vectors of indices in the last axis of input 1 replaced by the updates (input 2).</summary>
    /// <remarks>With <c>reduction</c> = "add", the updates are added.</remarks>
    public static Kernel ScatterND(NodeSource source)
    {
        var adds = Adds(source);
        return x =>
        {
            using var scope = NewDisposeScope();
            var (places, part) = Places(x[0].shape, x[1], 0);
            var parts = part(x[0]);
            var updates = x[2].reshape([places.shape[0], .. parts.shape[1..]]);
            var result = adds ? parts.index_add(0, places, updates, 1) : parts.index_copy(0, places, updates);
            return [result.reshape(x[0].shape).MoveToOuterDisposeScope()];
        };
    }

    /// <summary>Converts vectors of indices to indices of parts, and returns the function that lists the parts of the data as rows.</summary>
    private static (Tensor Places, Func<Tensor, Tensor> Parts) Places(long[] data, Tensor vectors, int batch)
    {
        var depth = (int)vectors.shape[^1];
        var samples = Product(data[..batch]);
        var indexed = data[batch..(batch + depth)];
        var flat = vectors.to(ScalarType.Int64).reshape(samples, -1, depth);
        var place = zeros(flat.shape[0], flat.shape[1], dtype: ScalarType.Int64, device: vectors.device);
        for (var i = 0; i < depth; i++)
        {
            place = place * indexed[i] + Positive(flat.select(2, i), indexed[i]);
        }

        place += (arange(samples, device: vectors.device) * Product(indexed)).unsqueeze(1);
        return (place.reshape(-1), x => x.reshape([samples * Product(indexed), Product(data[(batch + depth)..])]));
    }

    private static bool Adds(NodeSource source) =>
        source.Attributes.Text("reduction", "none") switch
        {
            "none" => false,
            "add" => true,
            var reduction => throw source.Unsupported($"the reduction {reduction}"),
        };

    /// <summary>Returns indices as Int64 that count from 0, of indices of which negative ones count from the end.</summary>
    /// <param name="indices">The indices, of any integer type and shape.</param>
    /// <param name="size">The size of the axis.</param>
    internal static Tensor Positive(Tensor indices, long size)
    {
        var wide = indices.to(ScalarType.Int64);
        return torch.where(wide.lt(0), wide + size, wide);
    }

    private static long Product(long[] sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
