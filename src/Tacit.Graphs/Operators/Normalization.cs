namespace Tacit.Graphs.Operators;

/// <summary>BatchNormalization with given statistics: x (N x C x …), scale, bias, mean, variance (C each); one output.</summary>
internal sealed class BatchNormalization() : OperatorSchema("BatchNormalization", 5, 5)
{
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

/// <summary>InstanceNormalization by each channel's own mean and variance: x (N x C x …), scale, bias (C each).</summary>
internal sealed class InstanceNormalization() : OperatorSchema("InstanceNormalization", 3, 3)
{
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

/// <summary>LayerNormalization over the axes from the attribute `axis` (the last by default) on: x, scale, bias (of those axes each).</summary>
internal sealed class LayerNormalization() : OperatorSchema("LayerNormalization", 2, 3)
{
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

    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank) > 0;
}
