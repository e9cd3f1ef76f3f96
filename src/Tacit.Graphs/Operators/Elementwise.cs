namespace Tacit.Graphs.Operators;

/// <summary>
/// Shape inference for operators whose output has the type and shape of their first input, such as Relu, Sigmoid and Clip.
/// </summary>
/// <param name="name">The ONNX operator name.</param>
/// <param name="maximumInputs">The largest number of inputs a node may have. The first one is required.</param>
/// <param name="structural">The inputs that must be constant for execution; see <see cref="OperatorSchema.StructuralInputs"/>.</param>
internal class Elementwise(string name, int maximumInputs = 1, params ReadOnlySpan<int> structural)
    : OperatorSchema(name, 1, maximumInputs, structural)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) => [call.Type(0)];
}

/// <summary>Shape inference for functions of one number whose elements are followed, such as Sqrt, Floor and Not.</summary>
/// <param name="name">The ONNX operator name.</param>
/// <param name="onReals">Computes the function of a real number. Null when the operator does not take real numbers.</param>
/// <param name="onSizes">
/// Computes the function of an integer, symbolic size or truth value (0 or 1). Null when such elements become unknown.
/// </param>
internal sealed class Function(string name, Func<double, double>? onReals, Func<SizeExpression, SizeExpression?>? onSizes = null)
    : Elementwise(name)
{
    /// <inheritdoc/>
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

/// <summary>Shape inference for Identity, which passes its input on unchanged.</summary>
internal sealed class Identity() : Elementwise("Identity")
{
    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [value] : null;
}

/// <summary>Shape inference for PRelu: x (input 0) and the slopes of its negative elements (input 1).</summary>
/// <remarks>The slopes must broadcast to the shape of x.</remarks>
internal sealed class ParametricRelu() : OperatorSchema("PRelu", 2, 2)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        return call.Broadcast(call.Shape(0), call.Shape(1)).Equals(call.Shape(0))
            ? [call.Type(0)]
            : throw call.Error($"the slopes {call.Shape(1)} do not broadcast to {call.Shape(0)}");
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, call.Shape(0).Rank);
}

/// <summary>Shape inference for Softmax, LogSoftmax and Hardmax over the attribute <c>axis</c> (default -1, the last axis).</summary>
/// <param name="name">The ONNX operator name.</param>
internal sealed class Softmax(string name) : Elementwise(name)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank);
        return base.Infer(call);
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank) > 0;
}

/// <summary>Shape inference for tests of each element, such as IsNaN: the result is Boolean and has the shape of x.</summary>
/// <param name="name">The ONNX operator name.</param>
internal sealed class Predicate(string name) : Elementwise(name)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) => [call.Type(0) with { Element = ElementType.Boolean }];
}

/// <summary>Shape inference for Dropout: x, ratio, training_mode.</summary>
/// <remarks>
/// The first output has the type and shape of x. The optional second output is the Boolean mask of the elements that are kept.
/// </remarks>
internal sealed class Dropout : Elementwise
{
    /// <summary>Creates the schema with up to two outputs.</summary>
    public Dropout()
        : base("Dropout", 3, 1, 2) => MaximumOutputs = 2;

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [call.Type(0), call.Type(0) with { Element = ElementType.Boolean }];
}

/// <summary>Shape inference for Cast to the element type in the attribute <c>to</c>, a number of <see cref="ElementType"/>.</summary>
internal sealed class Cast() : Elementwise("Cast")
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var to = (ElementType)call.Attributes.Int("to");
        return Enum.IsDefined(to) && to != ElementType.Undefined
            ? [call.Type(0) with { Element = to }]
            : throw call.Error($"the element type {to} is not known");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value
            ? [new PartialTensor(outputs[0].Element, value.Sizes, [.. value.Elements.Select(number => number.As(outputs[0].Element))])]
            : null;
}
