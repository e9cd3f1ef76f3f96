namespace Tacit.Graphs.Passes.Canonical;

/// <summary>
/// Converts reshapes from or to images of one pixel, N x 1 x 1 x C, whose elements have the same order in both axis orders.
/// </summary>
/// <remarks>Global pooling before a classifier and the gates of squeeze-and-excitation blocks have such reshapes.</remarks>
internal static class ChannelsFirstReshaping
{
    /// <summary>Adds a Reshape, Flatten or Unsqueeze that reads or gives the channels-first order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="pass">The walk that receives the converted node.</param>
    /// <returns>False if neither its input nor its output is an image of one pixel, or the axis orders are not wanted.</returns>
    public static bool TryApply(Node node, ChannelsFirstPass pass)
    {
        var (from, to) = (pass.ShapeOf(node.Inputs[0]), pass.ShapeOf(node.Output));
        var reads = pass.IsFirst(node.Inputs[0]) && IsPixel(from) && CopiesNothing(node, pass);
        var gives = pass.IsWanted(node.Output) && IsPixel(to);
        if (gives && Axes(node, to.Rank, pass) is { } second)
        {
            pass.AddFirst(
                node with
                {
                    Inputs = [reads ? pass.First(node.Inputs[0]) : pass.AsIs(node.Inputs[0]), second],
                    Attributes = Attributes.None,
                }
            );
            return true;
        }

        if (reads)
        {
            pass.AddAsIs(node with { Inputs = node.Inputs.SetItem(0, pass.First(node.Inputs[0])) });
        }

        return reads;
    }

    private static bool IsPixel(Shape shape) =>
        ChannelOrder.IsFor(shape.Rank) && shape.Skip(1).SkipLast(1).All(size => size is { IsKnown: true, Size: 1 });

    /// <summary>
    /// Returns whether a reshape copies no size but the batch. A size of 0 copies that of the same axis, which differs between the orders.
    /// </summary>
    private static bool CopiesNothing(Node node, ChannelsFirstPass pass) =>
        node.Operator switch
        {
            "Reshape" => pass.Data(node.Inputs[1])?.ToInt64() is { } sizes && sizes.Skip(1).All(size => size != 0),
            "Flatten" => node.Attributes.Int("axis", 1) is 0 or 1,
            _ => false,
        };

    /// <summary>
    /// Returns the sizes of a Reshape or the axes of an Unsqueeze whose result is in the channels-first order; null if there are none.
    /// </summary>
    private static string? Axes(Node node, int rank, ChannelsFirstPass pass)
    {
        if (node.Operator == "Flatten" || pass.Data(node.Inputs[1])?.ToInt64() is not { } values)
        {
            return null;
        }

        if (node.Operator == "Unsqueeze")
        {
            var axes = values.Select(axis => axis < 0 ? axis + rank : axis).Order();
            return axes.SequenceEqual(Enumerable.Range(1, rank - 2).Select(axis => (long)axis))
                ? pass.Constant(node, "axes", [.. Enumerable.Range(2, rank - 2)])
                : null;
        }

        return values.Skip(1).All(size => size != 0) && node.Attributes.Int("allowzero") == 0
            ? pass.Constant(node, "sizes", [values[0], values[^1], .. values[1..^1]])
            : null;
    }
}
