namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for MaxPool and AveragePool over 1, 2 or 3 spatial axes.</summary>
/// <remarks>
/// The input has the shape (N, C, spatial axes), with one spatial axis for each entry of <c>kernel_shape</c>. See <see cref="Window"/> for
/// the spatial sizes of the output.
/// </remarks>
/// <param name="name">The ONNX operator name.</param>
internal sealed class Pooling(string name) : OperatorSchema(name, 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var kernel = call.Attributes.Ints("kernel_shape") ?? throw call.Error("kernel_shape is missing");
        var x = call.OfRank(0, kernel.Length + 2, "input");
        return [call.Type(0) with { Shape = new Shape([x[0], x[1], .. new Window(call, kernel).Slide(x)]) }];
    }
}

/// <summary>Shape inference for GlobalAveragePool and GlobalMaxPool: (N, C, spatial axes) becomes (N, C, 1, ..., 1).</summary>
/// <param name="name">The ONNX operator name.</param>
internal sealed class GlobalPooling(string name) : OperatorSchema(name, 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        return x.Rank >= 2
            ? [call.Type(0) with { Shape = new Shape([x[0], x[1], .. Enumerable.Repeat<Dimension>(1, x.Rank - 2)]) }]
            : throw call.Error($"the input must have at least 2 dimensions, not {x.Rank} ({x})");
    }
}
