using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the sizes of Reshape from the attribute <c>shape</c> (up to opset 4) to input 1 (since opset 5).</summary>
internal sealed class ReshapeAttribute() : Upgrade("Reshape", to: 4)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var sizes = node.Attributes.Ints("shape") ?? throw draft.Source.Invalid($"{node} lacks the attribute shape");
        return node with
        {
            Inputs = [Data(node, draft), draft.Constant($"{node.Output}_sizes", TensorData.Of<long>(sizes, sizes.Length))],
            Attributes = node.Attributes.Without("shape"),
        };
    }
}

/// <summary>Adds the axis 1 to a Concat without the attribute <c>axis</c>, which it had by default up to opset 3.</summary>
internal sealed class ConcatAxis() : Upgrade("Concat", to: 3)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node with
        {
            Attributes = node.Attributes.With("axis", node.Attributes.Int("axis", 1)),
        };
}

/// <summary>Replaces the name of an element type in the attribute <c>to</c> of Cast (up to opset 5), such as "FLOAT", by its number.</summary>
internal sealed class CastToName() : Upgrade("Cast", to: 5)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var name = node.Attributes.Text("to");
        var element = name switch
        {
            "FLOAT" => ElementType.Float32,
            "DOUBLE" => ElementType.Float64,
            "FLOAT16" => ElementType.Float16,
            "INT8" => ElementType.Int8,
            "INT16" => ElementType.Int16,
            "INT32" => ElementType.Int32,
            "INT64" => ElementType.Int64,
            "UINT8" => ElementType.UInt8,
            "UINT16" => ElementType.UInt16,
            "UINT32" => ElementType.UInt32,
            "UINT64" => ElementType.UInt64,
            "BOOL" => ElementType.Boolean,
            _ => throw draft.Source.Unsupported(node, $"the element type {name} is not supported"),
        };
        return node with { Attributes = node.Attributes.With("to", (long)element) };
    }
}

/// <summary>Rewrites Tile of opsets up to 5, which repeats one axis: the inputs are x, the number of repeats, and the axis.</summary>
/// <remarks>Both must be constants.</remarks>
internal sealed class TileAxis() : Upgrade("Tile", to: 5)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var repeats = new long[Rank(Data(node, draft), node, draft)];
        Array.Fill(repeats, 1);
        var axis = Constant(2, "axis");
        if (axis < 0 || axis >= repeats.Length)
        {
            throw draft.Source.Invalid($"{node} repeats axis {axis} of {repeats.Length} dimensions");
        }

        repeats[axis] = Constant(1, "number of repeats");
        return node with
        {
            Inputs = [node.Inputs[0], draft.Constant($"{node.Output}_repeats", TensorData.Of<long>(repeats, repeats.Length))],
        };

        long Constant(int input, string what) =>
            draft.Known(node.InputOrNull(input)) is { Count: 1 } known
                ? known.Element.IsFloatingPoint()
                    ? (long)known.As<float>()[0]
                    : known.ToInt64()[0]
                : throw draft.Source.Unsupported(node, $"a {what} that is not a constant is not supported");
    }
}

/// <summary>Renames the attribute <c>paddings</c> of Pad in opset 1, which is called <c>pads</c> since opset 2.</summary>
internal sealed class PadPaddings() : Upgrade("Pad", to: 1)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Ints("paddings") is { } pads
            ? node with
            {
                Attributes = node.Attributes.Without("paddings").With("pads", [.. pads]),
            }
            : node;
}

/// <summary>Rewrites a BatchNormalization with one statistic for each activation (<c>spatial</c> = 0, up to opset 8) as Mul and Add.</summary>
/// <remarks>
/// The operands have the shape of one sample. They must be constants, and become the factor scale / √(variance + epsilon) and the
/// summand bias - mean · factor.
/// </remarks>
internal sealed class BatchNormOfActivations() : Upgrade("BatchNormalization", to: 8)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.Attributes.Int("spatial", 1) != 0)
        {
            return node with { Attributes = node.Attributes.Without("spatial") };
        }

        TensorData[] operands = [.. Enumerable.Range(1, 4).Select(Operand)];
        var (scale, bias, mean, variance) = (Values(0), Values(1), Values(2), Values(3));
        var epsilon = node.Attributes.Float("epsilon", 1e-5f);
        double[] factors = [.. scale.Zip(variance, (gamma, spread) => gamma / Math.Sqrt((double)spread + epsilon))];
        var scaled = Before(node, draft, "Mul", "scaled", [Data(node, draft), Weight("factor", i => factors[i])]);
        return node with
        {
            Operator = "Add",
            Inputs = [scaled, Weight("summand", i => bias[i] - mean[i] * factors[i])],
            Attributes = Attributes.None,
        };

        TensorData Operand(int input) =>
            draft.Known(node.InputOrNull(input)) is { Element: ElementType.Float32 } data
                ? data
                : throw draft.Source.Unsupported(node, "statistics per activation (spatial = 0) that are not constants are not supported");

        float[] Values(int operand) =>
            operands[operand].Count == operands[0].Count
                ? operands[operand].As<float>().ToArray()
                : throw draft.Source.Invalid($"{node} has operands of different sizes");

        string Weight(string name, Func<int, double> value)
        {
            var weight = draft.Unique($"{node.Output}_{name}");
            float[] elements = [.. Enumerable.Range(0, scale.Length).Select(i => (float)value(i))];
            draft.AddInitializer(weight, TensorData.Of<float>(elements, operands[0].Sizes.AsSpan()));
            return weight;
        }
    }
}
