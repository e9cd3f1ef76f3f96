namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Takes a Pad by minus infinity into the MaxPool that reads it, which pads by that itself: no integer stands for infinity.</summary>
public static class PoolingPads
{
    /// <summary>The network without such Pads. The least finite number counts as minus infinity.</summary>
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

    // The pads of both; null where the Pad is another, or where a window might lie beside the data or the sizes round up.
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
