namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Merges a Pad by minus infinity into the MaxPool that reads it, because no integer represents infinity.</summary>
/// <remarks>
/// <para>Before: Pad(-∞, pads p) → MaxPool(pads q). After: MaxPool(pads p + q). The pass is exact: MaxPool ignores its padding.</para>
/// <para>
/// The Pad must be constant, must not pad the batch or the channels, and must not crop. In total, each pad must be smaller than the window,
/// so that every window contains an element. A MaxPool with <c>ceil_mode</c> or automatic pads stays.
/// </para>
/// </remarks>
public static class PoolingPads
{
    /// <summary>
    /// Returns the network with such pads merged. A padding value of the lowest finite float also counts as minus infinity.
    /// </summary>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has no such pads.</returns>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var builder = new GraphBuilder(model);
        var changed = false;
        foreach (var pool in model.Graph.Nodes.Where(node => node.Operator == "MaxPool"))
        {
            if (model.Graph.Producer(pool.Inputs[0]) is { Operator: "Pad" } pad && Joined(pool, pad, model) is { } pads)
            {
                builder.Replace(
                    pool,
                    pool with
                    {
                        Inputs = [pad.Inputs[0]],
                        Attributes = pool.Attributes.With("pads", [.. pads]).Without("auto_pad"),
                    }
                );
                changed = true;
            }
        }

        return changed ? builder.Build() : model;
    }

    /// <summary>Returns the pads of both nodes together; null if they cannot be merged.</summary>
    private static long[]? Joined(Node pool, Node pad, Model model)
    {
        var kernel = pool.Attributes.Ints("kernel_shape");
        if (
            kernel is null
            || pool.Attributes.Int("ceil_mode") != 0
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
            && joined.Select((size, i) => size < kernel[i % axes]).All(within => within)
            ? joined
            : null;

        TensorData? Constant(string name) => model.Graph.IsInitializer(name) ? model.Weights[name] : null;
    }
}
