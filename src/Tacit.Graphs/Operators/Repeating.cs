namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Expand, which broadcasts x (input 0) with a tensor of the given sizes (input 1).</summary>
/// <remarks>A size of 1 keeps the size of x, so the output may be larger than the given sizes.</remarks>
internal sealed class Expand() : OperatorSchema("Expand", 2, 2, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var sizes = call.Numbers(1).Select(size => call.Dimension(size.Size ?? throw call.Undetermined("the shape"), "a size"));
        return [call.Type(0) with { Shape = call.Broadcast(call.Shape(0), new Shape([.. sizes])) }];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [Broadcasting.Spread(value, outputs[0].Shape.ToSizes())] : null;

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, Math.Max(call.Shape(0).Rank, call.Numbers(1).Length));
}

/// <summary>Shape inference for Tile, which repeats x (input 0) along each axis as often as the repeats (input 1) say.</summary>
internal sealed class Tile() : OperatorSchema("Tile", 2, 2, 1)
{
    /// <inheritdoc/>
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

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value
            ? [value.Rearrange(outputs[0].Shape.ToSizes(), place => [.. place.Select((at, axis) => at % value.Sizes[axis])])]
            : null;
}
