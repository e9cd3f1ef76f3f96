namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for BatchNormalization in inference mode: x (N, C, ...), scale, bias, mean, variance (C each).</summary>
/// <remarks>The output has the type and shape of x. The training outputs for running statistics are not part of the dialect.</remarks>
internal sealed class BatchNormalization() : OperatorSchema("BatchNormalization", 5, 5)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        if (x.Rank < 2)
        {
            throw call.Error($"the input must have at least 2 dimensions, not {x.Rank} ({x})");
        }

        foreach (var (input, what) in new[] { (1, "scale"), (2, "bias"), (3, "mean"), (4, "variance") })
        {
            call.Same(x[1], call.OfRank(input, 1, what)[0], $"the channels of the input and the length of the {what}");
        }

        return [call.Type(0)];
    }
}

/// <summary>Shape inference for InstanceNormalization: x (N, C, spatial axes), scale, bias (C each).</summary>
/// <remarks>Each channel of each sample is normalized by its own mean and variance. The output has the type and shape of x.</remarks>
internal sealed class InstanceNormalization() : OperatorSchema("InstanceNormalization", 3, 3)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        if (x.Rank < 3)
        {
            throw call.Error($"the input must have at least 3 dimensions, not {x.Rank} ({x})");
        }

        foreach (var (input, what) in new[] { (1, "scale"), (2, "bias") })
        {
            call.Same(x[1], call.OfRank(input, 1, what)[0], $"the channels of the input and the length of the {what}");
        }

        return [call.Type(0)];
    }
}

/// <summary>Shape inference for LayerNormalization: x, scale, and an optional bias.</summary>
/// <remarks>
/// Mean and variance are taken over the axes from the attribute <c>axis</c> (default -1) to the last one. Scale and bias have the shape of
/// these axes. The output has the type and shape of x.
/// </remarks>
internal sealed class LayerNormalization() : OperatorSchema("LayerNormalization", 2, 3)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        var first = call.Axis(call.Attributes.Int("axis", -1), x.Rank);
        foreach (var (input, what) in new[] { (1, "scale"), (2, "bias") }.Where(operand => call.Has(operand.Item1)))
        {
            foreach (var (one, other) in x.Skip(first).Zip(call.OfRank(input, x.Rank - first, what)))
            {
                call.Same(one, other, $"the normalised axes and those of the {what}");
            }
        }

        return [call.Type(0)];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank) > 0;
}

/// <summary>Shape inference for LRN, local response normalization: x (N, C, spatial axes).</summary>
/// <remarks>
/// Each element is divided by (bias + alpha / size · Σ x²)^beta, where the sum is over <c>size</c> neighbouring channels. The output has the
/// type and shape of x.
/// </remarks>
internal sealed class LocalResponseNormalization() : OperatorSchema("LRN", 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        call.Attributes.Int("size") < 1 ? throw call.Error("size must be at least 1")
        : call.Shape(0).Rank < 3
            ? throw call.Error($"the input must have at least 3 dimensions, not {call.Shape(0).Rank} ({call.Shape(0)})")
        : [call.Type(0)];
}
