namespace Tacit.Graphs.Operators;

/// <summary>An operator that gives each element of its first input a new value: type and shape stay.</summary>
internal class Elementwise(string name, int maximumInputs = 1, params ReadOnlySpan<int> structural)
    : OperatorSchema(name, 1, maximumInputs, structural)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) => [call.Type(0)];
}

/// <summary>A function of one number whose values are followed, such as Sqrt, Floor and Not.</summary>
internal sealed class Function(string name, Func<double, double>? onReals, Func<SizeExpression, SizeExpression?>? onSizes = null)
    : Elementwise(name)
{
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value
            ? [new PartialTensor(value.Element, value.Sizes, [.. value.Elements.Select(number => Map(number).As(value.Element))])]
            : null;

    private Number Map(Number number) =>
        number switch
        {
            { Real: { } real } when onReals is not null => Number.OfReal(onReals(real)),
            { Size: { } size, Real: null } when onSizes?.Invoke(size) is { } mapped => Number.OfSize(mapped),
            _ => Number.Unknown,
        };
}

/// <summary>Identity.</summary>
internal sealed class Identity() : Elementwise("Identity")
{
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [value] : null;
}

/// <summary>PRelu: x, and slopes for its negative elements that broadcast to it.</summary>
internal sealed class ParametricRelu() : OperatorSchema("PRelu", 2, 2)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        return call.Broadcast(call.Shape(0), call.Shape(1)).Equals(call.Shape(0))
            ? [call.Type(0)]
            : throw call.Error($"the slopes {call.Shape(1)} do not broadcast to {call.Shape(0)}");
    }

    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, call.Shape(0).Rank);
}

/// <summary>Softmax or LogSoftmax over the attribute `axis`, the last by default.</summary>
internal sealed class Softmax(string name) : Elementwise(name)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank);
        return base.Infer(call);
    }

    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank) > 0;
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
