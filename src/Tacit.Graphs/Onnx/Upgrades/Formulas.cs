using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Rewrites Sum as Adds of two values each, the form in which other exporters write residual connections.</summary>
internal sealed class SumAsAdds() : Upgrade("Sum")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        Data(node, draft);
        if (node.Inputs is [var single])
        {
            return node with { Operator = "Identity", Inputs = [single] };
        }

        var first = node
            .Inputs.Skip(1)
            .SkipLast(1)
            .Aggregate(node.Inputs[0], (sum, next) => Before(node, draft, "Add", "part", [sum, next]));
        return node with { Operator = "Add", Inputs = [first, node.Inputs[^1]] };
    }
}

/// <summary>Rewrites Mean, the mean of several tensors, as their sum divided by their number.</summary>
internal sealed class MeanAsAdds() : Upgrade("Mean")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var sum = node.Inputs.Skip(1).Aggregate(Data(node, draft), (sum, next) => Before(node, draft, "Add", "part", [sum, next]));
        var count = draft.Constant($"{node.Output}_count", TensorData.Scalar((float)node.Inputs.Length));
        return node with { Operator = "Div", Inputs = [sum, count] };
    }
}

/// <summary>Rewrites Size, the number of elements, as the product of the sizes.</summary>
internal sealed class SizeAsProduct() : Upgrade("Size")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node with
        {
            Operator = "ReduceProd",
            Inputs = [Before(node, draft, "Shape", "sizes", [Data(node, draft)])],
            Attributes = Attributes.None.With("keepdims", 0),
        };
}

/// <summary>Rewrites MeanVarianceNormalization (since opset 9) as (x - mean) / (√(mean of (x - mean)²) + 1e-9), its definition in ONNX.</summary>
/// <remarks>The attribute <c>axes</c> is [0, 2, 3] by default.</remarks>
internal sealed class MeanVarianceAsFormula() : Upgrade("MeanVarianceNormalization", from: 9)
{
    private const float Epsilon = 1e-9f;

    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var over = Attributes.None.With("axes", [.. node.Attributes.Ints("axes") ?? [0, 2, 3]]);
        var centred = Before(node, draft, "Sub", "centred", [x, Before(node, draft, "ReduceMean", "mean", [x], over)]);
        var squares = Before(node, draft, "Mul", "squares", [centred, centred]);
        var deviation = Before(node, draft, "Sqrt", "deviation", [Before(node, draft, "ReduceMean", "variance", [squares], over)]);
        var epsilon = draft.Constant($"{node.Output}_epsilon", TensorData.Scalar(Epsilon));
        var divisor = Before(node, draft, "Add", "divisor", [deviation, epsilon]);
        return node with { Operator = "Div", Inputs = [centred, divisor], Attributes = Attributes.None };
    }
}

/// <summary>Rewrites LpNormalization as x divided by its L1 or L2 norm along <c>axis</c> (default -1). Zeros stay zeros.</summary>
internal sealed class NormAsFormula() : Upgrade("LpNormalization")
{
    // The smallest normal number of Float32.
    private const float Least = 1.17549435e-38f;

    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var reduction = node.Attributes.Int("p", 2) switch
        {
            1 => "ReduceL1",
            2 => "ReduceL2",
            var p => throw draft.Source.Invalid($"{node} has p = {p}; it must be 1 or 2"),
        };
        var axes = Attributes.None.With("axes", ImmutableArray.Create(node.Attributes.Int("axis", -1)));
        var norm = Before(node, draft, reduction, "norm", [x], axes);
        var least = draft.Constant($"{node.Output}_least", TensorData.Scalar(Least));
        return node with
        {
            Operator = "Div",
            Inputs = [x, Before(node, draft, "Max", "divisor", [norm, least])],
            Attributes = Attributes.None,
        };
    }
}

/// <summary>Renames Scatter of opsets 9 and 10, which is ScatterElements since opset 11.</summary>
internal sealed class ScatterAlongAxis() : Upgrade("Scatter")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) => node with { Operator = "ScatterElements" };
}

/// <summary>Moves the number of elements of TopK from the attribute <c>k</c> (up to opset 9) to input 1 (since opset 10).</summary>
internal sealed class TopKAttribute() : Upgrade("TopK", to: 9)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node with
        {
            Inputs = [Data(node, draft), draft.Constant($"{node.Output}_k", TensorData.Of<long>([node.Attributes.Int("k")], 1))],
            Attributes = node.Attributes.Without("k"),
        };
}

/// <summary>Replaces the names of GridSample's modes since opset 20, "linear" and "cubic", by "bilinear" and "bicubic".</summary>
internal sealed class GridSampleModes() : Upgrade("GridSample", from: 20)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node with
        {
            Attributes = node.Attributes.Text("mode", "linear") switch
            {
                "linear" => node.Attributes.With("mode", "bilinear"),
                "cubic" => node.Attributes.With("mode", "bicubic"),
                _ => node.Attributes,
            },
        };
}
