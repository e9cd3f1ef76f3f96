using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Concat and Split.</summary>
internal static class Concatenation
{
    /// <summary>Concat: joins tensors along <c>axis</c>. All other sizes must be equal.</summary>
    public static Kernel Concat(NodeSource source)
    {
        var axis = source.Attributes.Int("axis");
        return x =>
        {
            var parts = new Tensor[x.Count];
            for (var i = 0; i < parts.Length; i++)
            {
                parts[i] = x[i];
            }

            return [cat(parts, axis)];
        };
    }

    /// <summary>Split: cuts x into one part for each output along <c>axis</c> (default 0).</summary>
    /// <remarks>
    /// Input 1, if present, lists the sizes of the parts. Without it, all parts have the size ceil(size / outputs), and the last one has
    /// the rest, as ONNX defines since opset 18.
    /// </remarks>
    public static Kernel Split(NodeSource source)
    {
        var axis = source.Attributes.Int("axis");
        var sizes = source.Integers(1);
        var count = source.Node.Outputs.Length;
        return x => x[0].split(sizes.Read(x) ?? Equal(x[0].shape[(int)Axes.From(axis, x[0].dim())], count), axis);
    }

    /// <summary>Returns equal sizes for a number of parts. If the size cannot be divided, the last parts are smaller.</summary>
    private static long[] Equal(long size, int count)
    {
        var part = (size + count - 1) / count;
        return [.. Enumerable.Range(0, count).Select(i => Math.Clamp(size - i * part, 0, part))];
    }
}
