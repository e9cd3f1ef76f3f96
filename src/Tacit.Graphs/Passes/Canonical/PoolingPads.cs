using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Merges a Pad by minus infinity into the MaxPool that reads it, because no integer represents infinity.</summary>
/// <remarks>
/// <para>Before: Pad(-∞, pads p) → MaxPool(pads q). After: MaxPool(pads p + q). The pass is exact: MaxPool ignores its padding.</para>
/// <para>
/// The Pad must be constant, must not pad the batch or the channels, and must not crop. In total, each pad must be smaller than the window,
/// so that every window contains an element. A MaxPool whose sizes round up (<c>ceil_mode</c>) gets the pads with which they round down to
/// the same number, if its sizes are known. A MaxPool with automatic pads stays.
/// </para>
/// </remarks>
public static class PoolingPads
{
    /// <summary>
    /// Returns the network with such pads merged. A padding value of the lowest finite float also counts as minus infinity.
    /// </summary>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has no such pads.</returns>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var builder = new GraphBuilder(model);
        var changed = false;
        var types = new Lazy<IReadOnlyDictionary<string, TensorType>>(() => ShapeInference.Infer(model));
        foreach (var pool in model.Graph.Nodes.Where(node => node.Operator == "MaxPool"))
        {
            if (
                model.Graph.Producer(pool.Inputs[0]) is { Operator: "Pad" } pad
                && Joined(pool, pad, model) is { } joined
                && Rounded(pool, pad, joined, types) is { } pads
            )
            {
                builder.Replace(
                    pool,
                    pool with
                    {
                        Inputs = [pad.Inputs[0]],
                        Attributes = pool.Attributes.With("pads", [.. pads]).Without("auto_pad").Without("ceil_mode"),
                    }
                );
                changed = true;
            }
        }

        return changed ? builder.Build() : model;
    }

    /// <summary>
    /// Returns the pads with which sizes that round up round down to the same number, if any do; null if a window may contain no element.
    /// </summary>
    private static long[]? Rounded(Node pool, Node pad, long[] pads, Lazy<IReadOnlyDictionary<string, TensorType>> types)
    {
        var kernel = pool.Attributes.Ints("kernel_shape")!;
        var axes = kernel.Length;
        if (pool.Attributes.Int("ceil_mode") != 0)
        {
            var (from, to) = (types.Value[pad.Inputs[0]].Shape, types.Value[pool.Output].Shape);
            if (!from.Skip(2).Concat(to.Skip(2)).All(size => size.IsKnown))
            {
                return null;
            }

            for (var axis = 0; axis < axes; axis++)
            {
                var stride = pool.Attributes.Ints("strides")?[axis] ?? 1;
                var window = (kernel[axis] - 1) * (pool.Attributes.Ints("dilations")?[axis] ?? 1) + 1;
                var least = (to[2 + axis].Size - 1) * stride + window - from[2 + axis].Size - pads[axis];
                if (least <= -stride)
                {
                    return null;
                }

                pads[axes + axis] = Math.Max(0, least);
            }
        }

        return pads.Select((size, i) => size < kernel[i % axes]).All(within => within) ? pads : null;
    }

    /// <summary>Returns the pads of both nodes together; null if they cannot be merged.</summary>
    private static long[]? Joined(Node pool, Node pad, Model model)
    {
        var kernel = pool.Attributes.Ints("kernel_shape");
        if (
            kernel is null
            || pool.Attributes.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID")
            || pad.Attributes.Text("mode", "constant") != "constant"
            || pad.InputOrNull(2) is not { } value
            || Constant(value) is not { Element: ElementType.Float32, Count: 1 } number
            || !(number.As<float>()[0] <= float.MinValue)
            || Constant(pad.Inputs[1])?.ToInt64() is not { } added
        )
        {
            return null;
        }

        var (rank, axes) = (added.Length / 2, kernel.Length);
        var own = pool.Attributes.Text("auto_pad", "NOTSET") == "VALID" ? null : pool.Attributes.Ints("pads");
        long[] joined = [.. Enumerable.Range(0, 2 * axes).Select(i => (own?[i] ?? 0) + added[(i < axes ? 2 : rank + 2 - axes) + i])];
        return
            rank == axes + 2
            && new[] { added[0], added[1], added[rank], added[rank + 1] }.All(none => none == 0)
            && added.All(more => more >= 0)
            ? joined
            : null;

        TensorData? Constant(string name) => model.Graph.IsInitializer(name) ? model.Weights[name] : null;
    }
}
