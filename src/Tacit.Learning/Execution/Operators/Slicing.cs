using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Slice and Gather.</summary>
internal static class Slicing
{
    /// <summary>Slice: x, starts, ends, and optionally axes and steps.</summary>
    /// <remarks>
    /// Negative positions count from the end, and positions beyond the size are clamped. A negative step goes backwards. The step must not
    /// be 0.
    /// </remarks>
    public static Kernel Slice(NodeSource source)
    {
        var (starts, ends, axes, steps) = (source.Integers(1), source.Integers(2), source.Integers(3), source.Integers(4));
        return x =>
        {
            var (from, to) = (starts.Read(x)!, ends.Read(x)!);
            var (along, by) = (axes.Read(x), steps.Read(x));
            var result = x[0].alias();
            for (var i = 0; i < from.Length; i++)
            {
                using var whole = result;
                result = Slice(whole, Axes.From(along?[i] ?? i, whole.dim()), from[i], to[i], by?[i] ?? 1);
            }

            return [result];
        };
    }

    /// <summary>Gather: selects the entries of x along <c>axis</c> (default 0) whose indices input 1 lists.</summary>
    /// <remarks>
    /// The shape is that of x with the axis replaced by the shape of the indices; a scalar index removes the axis. Negative indices count
    /// from the end.
    /// </remarks>
    public static Kernel Gather(NodeSource source)
    {
        var axis = source.Attributes.Int("axis");
        var known = source.Integers(1).Known;
        return x =>
        {
            var along = Axes.From(axis, x[0].dim());
            var size = x[0].shape[(int)along];
            if (known is [var single] && x[1].dim() == 0)
            {
                return [x[0].select(along, Axes.From(single, size))];
            }

            using var wide = x[1].to(ScalarType.Int64);
            using var flat = wide.reshape(-1);
            using var negative = flat.lt(0);
            using var shift = negative * size;
            using var positive = flat + shift;
            using var gathered = x[0].index_select(along, positive);
            return [gathered.reshape([.. x[0].shape.AsSpan(0, (int)along), .. x[1].shape, .. x[0].shape.AsSpan((int)along + 1)])];
        };
    }

    private static Tensor Slice(Tensor x, long axis, long start, long end, long step)
    {
        if (step == 0)
        {
            throw new ArgumentException("a slice cannot have a step of 0", nameof(step));
        }

        var size = x.shape[(int)axis];
        if (step > 0)
        {
            start = Math.Clamp(Axes.From(start, size), 0, size);
            return x.slice(axis, start, Math.Clamp(Axes.From(end, size), start, size), step);
        }

        // A backward slice takes the same elements forwards and reverses them. An end far below 0 includes the first element.
        start = Math.Clamp(Axes.From(start, size), -1, size - 1);
        end = end < -size ? -1 : Math.Clamp(Axes.From(end, size), -1, size - 1);
        var count = Math.Max(0, (start - end - step - 1) / -step);
        if (count == 0)
        {
            return x.slice(axis, 0, 0, 1);
        }

        using var forwards = x.slice(axis, start + (count - 1) * step, start + 1, -step);
        return forwards.flip(axis);
    }
}
