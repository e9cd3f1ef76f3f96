namespace Tacit.Graphs.Operators;

/// <summary>MaxPool or AveragePool over 1, 2 or 3 spatial axes.</summary>
internal sealed class Pooling(string name) : OperatorSchema(name, 1, 1)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var kernel = call.Attributes.Ints("kernel_shape") ?? throw call.Error("kernel_shape is missing");
        var x = call.OfRank(0, kernel.Length + 2, "input");
        return [call.Type(0) with { Shape = new Shape([x[0], x[1], .. new Window(call, kernel).Slide(x)]) }];
    }
}

/// <summary>GlobalAveragePool or GlobalMaxPool: every spatial axis becomes 1.</summary>
internal sealed class GlobalPooling(string name) : OperatorSchema(name, 1, 1)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        return x.Rank >= 2
            ? [call.Type(0) with { Shape = new Shape([x[0], x[1], .. Enumerable.Repeat<Dimension>(1, x.Rank - 2)]) }]
            : throw call.Error($"the input must have at least 2 dimensions, not {x.Rank} ({x})");
    }
}
