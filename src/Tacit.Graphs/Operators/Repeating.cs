namespace Tacit.Graphs.Operators;

/// <summary>Expand: x, sizes; broadcasts x with a tensor of these sizes.</summary>
internal sealed class Expand() : OperatorSchema("Expand", 2, 2, 1)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var sizes = call.Numbers(1).Select(size => call.Dimension(size.Size ?? throw call.Undetermined("the shape"), "a size"));
        return [call.Type(0) with { Shape = call.Broadcast(call.Shape(0), new Shape([.. sizes])) }];
    }

    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [Broadcasting.Spread(value, outputs[0].Shape.ToSizes())] : null;

    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, Math.Max(call.Shape(0).Rank, call.Numbers(1).Length));
}

/// <summary>Tile: x, and how often it is repeated along each axis.</summary>
internal sealed class Tile() : OperatorSchema("Tile", 2, 2, 1)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        var repeats = call.Numbers(1);
        if (repeats.Length != x.Rank)
        {
            throw call.Error($"there must be {x.Rank} repeats, not {repeats.Length}");
        }

        var sizes = x.Zip(
            repeats,
            (size, times) =>
                call.Dimension((SizeExpression)size * (times.Size ?? throw call.Undetermined("the repeats (input 1)")), "a size")
        );
        return [call.Type(0) with { Shape = new Shape([.. sizes]) }];
    }

    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value
            ? [value.Rearrange(outputs[0].Shape.ToSizes(), place => [.. place.Select((at, axis) => at % value.Sizes[axis])])]
            : null;
}
