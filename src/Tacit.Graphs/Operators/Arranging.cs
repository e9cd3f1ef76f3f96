namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Transpose, which permutes the axes by the attribute <c>perm</c>.</summary>
/// <remarks>Axis i of the output is axis <c>perm[i]</c> of the input. Without <c>perm</c> the axes are reversed.</remarks>
internal sealed class Transpose() : OperatorSchema("Transpose", 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var order = Order(call);
        return [call.Type(0) with { Shape = new Shape([.. order.Select(axis => call.Shape(0)[axis])]) }];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var order = Order(call);
        return call.Value(0) is { } value
            ? [value.Rearrange(outputs[0].Shape.ToSizes(), place => [.. order.Select((_, axis) => place[Array.IndexOf(order, axis)])])]
            : null;
    }

    private static int[] Order(OperatorCall call)
    {
        var rank = call.Shape(0).Rank;
        var order = call.Attributes.Ints("perm") is { } stated ? call.Axes(stated, rank) : [.. Enumerable.Range(0, rank).Reverse()];
        return order.Length == rank ? order : throw call.Error($"perm must have {rank} entries, not {order.Length}");
    }
}

/// <summary>Shape inference for Concat, which joins its inputs along the attribute <c>axis</c>.</summary>
/// <remarks>
/// All inputs have the same element type and rank, and the same sizes on every other axis. The size of <c>axis</c> is the sum of the input
/// sizes. Elements are followed even when some inputs are unknown, so a computed shape such as [N, -1] is found piece by piece.
/// </remarks>
internal sealed class Concat() : OperatorSchema("Concat", 1, int.MaxValue)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var first = call.Type(0);
        var along = call.Axis(call.Attributes.Int("axis"), first.Shape.Rank);
        var shape = first.Shape;
        for (var input = 1; input < call.InputCount; input++)
        {
            var other = call.OfRank(input, shape.Rank, $"input {input}");
            call.SameElements(0, input);
            shape = new Shape([
                .. shape
                    .Zip(other)
                    .Select(
                        (pair, axis) =>
                            axis == along
                                ? ((SizeExpression)pair.First + pair.Second).ToDimension()
                                : call.Same(pair.First, pair.Second, $"the sizes of axis {axis}")
                    ),
            ]);
        }

        return [first with { Shape = shape }];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var parts = Enumerable
            .Range(0, call.InputCount)
            .Select(input => call.Value(input) ?? PartialTensor.Unknown(call.Type(input)))
            .ToArray();
        var along = call.Axis(call.Attributes.Int("axis"), outputs[0].Shape.Rank);
        var sizes = outputs[0].Shape.ToSizes();
        return [new PartialTensor(outputs[0].Element, sizes, [.. Places.Of(sizes).Select(ElementAt)])];

        Number ElementAt(long[] place)
        {
            var part = 0;
            for (; place[along] >= parts[part].Sizes[along]; part++)
            {
                place[along] -= parts[part].Sizes[along];
            }

            return parts[part].Elements[Places.Index(place, parts[part].Sizes)];
        }
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => true;
}

/// <summary>Shape inference for Split, which cuts its input along the attribute <c>axis</c> (default 0).</summary>
/// <remarks>Input 1 gives the size of each part. Without it the axis is divided into as many equal parts as the node has outputs.</remarks>
internal sealed class Split : OperatorSchema
{
    /// <summary>Creates the schema with an unlimited number of outputs.</summary>
    public Split()
        : base("Split", 1, 2, 1) => MaximumOutputs = int.MaxValue;

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Type(0);
        var along = call.Axis(call.Attributes.Int("axis"), x.Shape.Rank);
        var parts = call.Has(1) ? Stated(call, x.Shape[along]) : Equal(call, x.Shape[along]);
        return [.. parts.Select(part => x with { Shape = x.Shape.With(along, part) })];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        if (call.Value(0) is not { } value)
        {
            return null;
        }

        var along = call.Axis(call.Attributes.Int("axis"), value.Sizes.Length);
        var results = new List<PartialTensor>();
        var start = 0L;
        foreach (var sizes in outputs.Select(output => output.Shape.ToSizes()))
        {
            var offset = start;
            results.Add(value.Rearrange(sizes, place => [.. place.Select((at, axis) => axis == along ? at + offset : at)]));
            start += sizes[along];
        }

        return results;
    }

    private static Dimension[] Stated(OperatorCall call, Dimension whole)
    {
        Dimension[] parts = [.. call.Integers(1, "sizes of the parts").Select(size => call.Dimension(size, "a part"))];
        if (parts.Length != call.Node.Outputs.Length)
        {
            throw call.Error($"it has {call.Node.Outputs.Length} outputs and {parts.Length} sizes");
        }

        call.Same(whole, parts.Sum(part => part.Size), "the size of the axis and the sum of the parts");
        return parts;
    }

    private static IEnumerable<Dimension> Equal(OperatorCall call, Dimension whole)
    {
        var count = call.Node.Outputs.Length;
        var part = ((SizeExpression)whole).DivideDown(count);
        return (part * count).Equals(whole)
            ? Enumerable.Repeat(part.ToDimension(), count)
            : throw (
                whole.IsKnown
                    ? call.Error($"{whole} cannot be divided into {count} equal parts")
                    : call.Undetermined("the size of the parts")
            );
    }
}

/// <summary>
/// Shape inference for Gather, which picks slices of data (input 0) along the attribute <c>axis</c> by indices (input 1).
/// </summary>
/// <remarks>
/// The shape of the output is <c>data[..axis]</c>, followed by the shape of the indices, followed by <c>data[axis+1..]</c>. An index from
/// -n to n-1 is valid for an axis of size n; negative indices count from the end.
/// </remarks>
internal sealed class Gather() : OperatorSchema("Gather", 2, 2)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var (data, indices) = (call.Type(0), call.Shape(1));
        var along = call.Axis(call.Attributes.Int("axis"), data.Shape.Rank);
        return [data with { Shape = new Shape([.. data.Shape.Take(along), .. indices, .. data.Shape.Skip(along + 1)]) }];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        if ((call.Value(0), call.Value(1)) is not ({ } data, { IsKnown: true } indices))
        {
            return null;
        }

        var along = call.Axis(call.Attributes.Int("axis"), data.Sizes.Length);
        var rank = indices.Sizes.Length;
        return
        [
            data.Rearrange(
                outputs[0].Shape.ToSizes(),
                place => [.. place[..along], Pick(place[along..(along + rank)]), .. place[(along + rank)..]]
            ),
        ];

        long Pick(long[] place)
        {
            var index = indices.Elements[Places.Index(place, indices.Sizes)].Integer ?? throw call.Error("the indices must be integers");
            return index >= -data.Sizes[along] && index < data.Sizes[along]
                ? index < 0
                    ? index + data.Sizes[along]
                    : index
                : throw call.Error($"the index {index} does not exist in an axis of {data.Sizes[along]}");
        }
    }

    // Samples stay apart in two cases: the data carries the batch and the gather runs along a later axis, or the indices carry the
    // batch and look up rows of a shared table.
    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        carries[0] != carries[1] && carries[0] == (call.Axis(call.Attributes.Int("axis"), call.Shape(0).Rank) > 0);
}

/// <summary>Shape inference for Pad: x, pads, value.</summary>
/// <remarks>
/// Pads is a vector of twice the rank of x: first the padding before each axis, then the padding after each axis. A negative entry cuts
/// elements off.
/// </remarks>
internal sealed class Pad() : OperatorSchema("Pad", 2, 3, 1, 2)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        var pads = call.Integers(1, "pads");
        if (pads.Length != 2 * x.Rank)
        {
            throw call.Error($"there must be {2 * x.Rank} pads, not {pads.Length}");
        }

        var sizes = x.Select((size, axis) => call.Dimension((SizeExpression)size + pads[axis] + pads[axis + x.Rank], $"axis {axis}"));
        return [call.Type(0) with { Shape = new Shape([.. sizes]) }];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries)
    {
        var pads = call.Integers(1, "pads");
        return base.KeepsSamplesApart(call, carries) && pads[0] == 0 && pads[pads.Length / 2] == 0;
    }
}
