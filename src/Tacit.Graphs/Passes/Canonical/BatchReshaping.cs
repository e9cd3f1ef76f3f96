namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Opens the batch of Reshape, Flatten, Squeeze and Unsqueeze, which keep the order of the elements.</summary>
/// <remarks>
/// The result has its samples along the axis before which as many elements lie as before that of the input, if the samples fill it. Where
/// there is none, samples are mixed. At a batch of 1, any axis will do.
/// </remarks>
internal static class BatchReshaping
{
    /// <summary>Adds a Reshape to the form in which the result holds its samples.</summary>
    /// <param name="node">A node.</param>
    /// <param name="pass">The walk that receives the converted node.</param>
    /// <returns>False if the node does not reshape its first input, or if a batch has no axis in the result.</returns>
    public static bool TryApply(Node node, BatchOpeningPass pass)
    {
        if (
            node.Operator is not ("Reshape" or "Flatten" or "Squeeze" or "Unsqueeze")
            || pass.Carrier(node.Inputs[0]) is not { } carrier
            || BatchedValue.Sizes(carrier.Shape) is not { } from
            || BatchedValue.Sizes(pass.TypeOf(node.Output).Shape) is not { } to
            || (pass.Batch == 1 ? 0 : Axis(from, carrier.Axis, to, pass.Batch)) is not { } axis
        )
        {
            return false;
        }

        var result = new BatchedValue(pass.TypeOf(node.Output).Shape, axis);
        var first = carrier.Beside is not null || carrier.IsPlain(pass.Batch) ? 0 : -1;
        var source = carrier.Beside ?? carrier.Rows!;
        var asRows = result.IsPlain(pass.Batch);
        long[] sizes = [first, .. asRows ? to[1..] : BatchedValue.Sizes(result.Sample(pass.Batch))!];
        return pass.Take(
            node with
            {
                Operator = "Reshape",
                Inputs = [source, pass.Add(node, "sizes", sizes)],
                Attributes = Attributes.None,
            },
            axis,
            asRows
        );
    }

    /// <summary>Returns the axis of the samples after a reshape: as many elements lie before it, and the samples fill it.</summary>
    private static int? Axis(long[] from, int axis, long[] to, long batch)
    {
        var before = from[..axis].Aggregate(1L, (product, size) => product * size);
        for (var (place, product) = (0, 1L); place < to.Length && product <= before; product *= to[place], place++)
        {
            if (product == before && to[place] % batch == 0 && to[place] > 0)
            {
                return place;
            }
        }

        return null;
    }
}
