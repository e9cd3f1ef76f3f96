using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Pad over any axes. Negative pads crop.</summary>
internal static class Padding
{
    /// <summary>Pad: x, pads (the begins of all axes, then the ends) and, in mode "constant", the value (default 0).</summary>
    /// <remarks>
    /// The attribute <c>mode</c> determines the new elements: "constant"; "reflect", without repeating the edge; "edge", which repeats it;
    /// or "wrap", from the opposite side.
    /// </remarks>
    public static Kernel Compile(NodeSource source)
    {
        var pads = source.Integers(1);
        var mode = source.Attributes.Text("mode", "constant");
        if (mode == "constant")
        {
            var known = source.Has(2) ? source.Number(2) : 0;
            return x => [Constant(x[0], pads.Read(x)!, known ?? x[2].ToDouble())];
        }

        Func<long, long, long> position = mode switch
        {
            "reflect" => Reflect,
            "edge" => (index, size) => Math.Clamp(index, 0, size - 1),
            "wrap" => (index, size) => (index % size + size) % size,
            _ => throw source.Unsupported($"the mode {mode}"),
        };
        return x => [Select(x[0], pads.Read(x)!, position)];
    }

    private static Tensor Constant(Tensor x, long[] pads, double value)
    {
        var rank = pads.Length / 2;
        var innermostFirst = new long[pads.Length];
        for (var i = 0; i < rank; i++)
        {
            innermostFirst[2 * i] = pads[rank - 1 - i];
            innermostFirst[2 * i + 1] = pads[pads.Length - 1 - i];
        }

        return functional.pad(x, innermostFirst, value: value);
    }

    private static Tensor Select(Tensor x, long[] pads, Func<long, long, long> position)
    {
        var rank = pads.Length / 2;
        var result = x.alias();
        for (var axis = 0; axis < rank; axis++)
        {
            var (begin, end, size) = (pads[axis], pads[axis + rank], x.shape[axis]);
            if (begin == 0 && end == 0)
            {
                continue;
            }

            var positions = new long[begin + size + end];
            for (var i = 0; i < positions.Length; i++)
            {
                positions[i] = position(i - begin, size);
            }

            using var index = tensor(positions, device: x.device);
            using var before = result;
            result = before.index_select(axis, index);
        }

        return result;
    }

    private static long Reflect(long index, long size)
    {
        var period = Math.Max(1, 2 * (size - 1));
        var within = (index % period + period) % period;
        return within < size ? within : period - within;
    }
}
