using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Sums and products with a constant of each channel, one after the other, after a convolution that nothing else reads.</summary>
/// <remarks>Exporters write batch norms so, as a Mul and an Add, and TensorFlow's the biases of convolutions, as an Add.</remarks>
/// <param name="Convolution">The convolution, of Float32 weights.</param>
/// <param name="Steps">The operations, in order.</param>
/// <param name="Scales">What each output channel is multiplied by in all.</param>
/// <param name="Shifts">What is then added to each.</param>
internal sealed record DecomposedBatchNorm(Node Convolution, ImmutableArray<Node> Steps, double[] Scales, double[] Shifts)
{
    /// <summary>Whether it both multiplies and adds, as a batch norm does.</summary>
    public bool IsNorm => Steps.Any(step => step.Operator is "Mul" or "Div") && Steps.Any(step => step.Operator is "Add" or "Sub");

    /// <summary>What the convolution and all of the steps give.</summary>
    public string Output => Steps[^1].Output;

    /// <summary>The one after a node; null where there is none.</summary>
    public static DecomposedBatchNorm? After(Node node, Model model)
    {
        if (
            node.Operator != "Conv"
            || Numbers(node.Inputs[1], model) is not { } weight
            || (node.InputOrNull(2) is { } bias && Numbers(bias, model) is null)
        )
        {
            return null;
        }

        var scales = Enumerable.Repeat(1.0, (int)weight.Sizes[0]).ToArray();
        var shifts = new double[scales.Length];
        var steps = ImmutableArray.CreateBuilder<Node>();
        var value = node.Output;
        while (
            !model.Graph.IsOutput(value)
            && model.Graph.Consumers(value) is [var step]
            && PerChannel(step, value, weight, model) is { } numbers
        )
        {
            for (var i = 0; i < scales.Length; i++)
            {
                var factor = step.Operator switch
                {
                    "Mul" => numbers[i],
                    "Div" => 1.0 / numbers[i],
                    _ => 1,
                };
                var offset = step.Operator switch
                {
                    "Add" => numbers[i],
                    "Sub" => -numbers[i],
                    _ => 0,
                };
                (scales[i], shifts[i]) = (scales[i] * factor, (shifts[i] * factor) + offset);
            }

            steps.Add(step);
            value = step.Output;
        }

        return steps.Count > 0 ? new DecomposedBatchNorm(node, steps.ToImmutable(), scales, shifts) : null;
    }

    private static TensorData? Numbers(string value, Model model) =>
        model.Graph.IsInitializer(value) && model.Weights[value] is { Element: ElementType.Float32 } tensor ? tensor : null;

    // The other operand, where it is one number for each channel: C x 1 x 1, or that with a 1 in front.
    private static float[]? PerChannel(Node node, string value, TensorData weight, Model model)
    {
        var behind = weight.Sizes.Length - 1;
        var isOrdered = node.Operator is "Sub" or "Div";
        return
            (node.Operator is "Mul" or "Add" || (isOrdered && node.Inputs[0] == value))
            && node.Inputs.Where(input => input != value).ToList() is [var other]
            && Numbers(other, model) is { } tensor
            && tensor.Count == weight.Sizes[0]
            && (tensor.Sizes.Length == behind || tensor.Sizes.Length == behind + 1)
            && tensor.Sizes[^behind] == tensor.Count
            && (node.Operator != "Div" || !tensor.As<float>().Contains(0f))
            ? tensor.As<float>().ToArray()
            : null;
    }
}
