namespace Tacit.Graphs.Rewriting;

/// <summary>A batch norm that an exporter wrote as a Mul and an Add by constants of each channel, after a convolution that nothing else reads.</summary>
/// <param name="Convolution">The convolution, of Float32 weights.</param>
/// <param name="Scale">The Mul.</param>
/// <param name="Shift">The Add.</param>
/// <param name="Scales">What each output channel is multiplied by.</param>
/// <param name="Shifts">What is added to each.</param>
internal sealed record HiddenBatchNorm(Node Convolution, Node Scale, Node Shift, float[] Scales, float[] Shifts)
{
    /// <summary>The one after a node; null where there is none.</summary>
    public static HiddenBatchNorm? After(Node node, Model model)
    {
        if (node.Operator != "Conv"
            || Numbers(node.Inputs[1], model) is not { } weight
            || (node.InputOrNull(2) is { } bias && Numbers(bias, model) is null)
            || Reader(node.Output, "Mul", model) is not { } scale
            || PerChannel(scale, node.Output, weight, model) is not { } scales
            || Reader(scale.Output, "Add", model) is not { } shift
            || PerChannel(shift, scale.Output, weight, model) is not { } shifts)
        {
            return null;
        }

        return new HiddenBatchNorm(node, scale, shift, scales, shifts);
    }

    private static Node? Reader(string value, string @operator, Model model) =>
        !model.Graph.IsOutput(value) && model.Graph.Consumers(value) is [var reader] && reader.Operator == @operator ? reader : null;

    private static TensorData? Numbers(string value, Model model) =>
        model.Graph.IsInitializer(value) && model.Weights[value] is { Element: ElementType.Float32 } tensor ? tensor : null;

    // The other operand, where it is one number for each channel: C x 1 x 1, or that with a 1 in front.
    private static float[]? PerChannel(Node node, string value, TensorData weight, Model model)
    {
        var behind = weight.Sizes.Length - 1;
        return node.Inputs.Where(input => input != value).ToList() is [var other]
            && Numbers(other, model) is { } tensor
            && tensor.Count == weight.Sizes[0]
            && (tensor.Sizes.Length == behind || tensor.Sizes.Length == behind + 1)
            && tensor.Sizes[^behind] == tensor.Count
                ? tensor.As<float>().ToArray()
                : null;
    }
}
