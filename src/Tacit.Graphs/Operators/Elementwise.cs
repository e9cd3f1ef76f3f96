namespace Tacit.Graphs.Operators;

/// <summary>An operator that gives each element of its first input a new value: type and shape stay.</summary>
internal class Elementwise(string name, int maximumInputs = 1, params ReadOnlySpan<int> structural)
    : OperatorSchema(name, 1, maximumInputs, structural)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) => [call.Type(0)];
}

/// <summary>Identity.</summary>
internal sealed class Identity() : Elementwise("Identity")
{
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [value] : null;
}

/// <summary>Softmax over the attribute `axis`, the last by default.</summary>
internal sealed class Softmax() : Elementwise("Softmax")
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank);
        return base.Infer(call);
    }
}

/// <summary>Dropout: x, ratio, training_mode; the second output is the mask.</summary>
internal sealed class Dropout : Elementwise
{
    public Dropout()
        : base("Dropout", 3, 1, 2) => MaximumOutputs = 2;

    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [call.Type(0), call.Type(0) with { Element = ElementType.Boolean }];
}

/// <summary>Cast to the element type in the attribute `to`.</summary>
internal sealed class Cast() : Elementwise("Cast")
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var to = (ElementType)call.Attributes.Int("to");
        return Enum.IsDefined(to) && to != ElementType.Undefined
            ? [call.Type(0) with { Element = to }]
            : throw call.Error($"the element type {to} is not known");
    }

    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value
            ? [new PartialTensor(outputs[0].Element, value.Sizes, [.. value.Elements.Select(number => number.As(outputs[0].Element))])]
            : null;
}

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
