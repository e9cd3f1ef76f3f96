using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>
/// A chain of per-channel additions and multiplications by constants after a convolution, each the only reader of the one before.
/// </summary>
/// <remarks>
/// <para>Some exporters write batch norms as Mul and Add. TensorFlow writes the biases of convolutions as Add.</para>
/// <para>
/// The chain as a whole computes scale · conv(x) + shift. Starting from scale = 1 and shift = 0, each step with the constant c updates the
/// pair: Mul (s · c, t · c), Div (s / c, t / c), Add (s, t + c), Sub (s, t - c). The arithmetic is in double precision.
/// </para>
/// </remarks>
/// <param name="Convolution">The convolution, with Float32 weights and, if it has one, a Float32 bias.</param>
/// <param name="Steps">The Mul, Div, Add and Sub nodes in order; at least one.</param>
/// <param name="Scales">The combined factor of each output channel.</param>
/// <param name="Shifts">The combined offset of each output channel, added after the scale.</param>
internal sealed record DecomposedBatchNorm(Node Convolution, ImmutableArray<Node> Steps, double[] Scales, double[] Shifts)
{
    /// <summary>Whether the chain both multiplies and adds, as a batch norm does. A chain that only adds is a bias.</summary>
    public bool IsNorm => Steps.Any(step => step.Operator is "Mul" or "Div") && Steps.Any(step => step.Operator is "Add" or "Sub");

    /// <summary>The name of the value after the last step.</summary>
    public string Output => Steps[^1].Output;

    /// <summary>Finds the chain after a node.</summary>
    /// <param name="node">Any node.</param>
    /// <param name="model">The network that contains it.</param>
    /// <returns>
    /// The longest chain; null if the node is not a Conv with constant weights or no step follows. The constant of a step has the shape C x
    /// 1 x 1 or 1 x C x 1 x 1 (for images). A Sub or Div must have the data on the left, and a divisor must not contain 0.
    /// </returns>
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

    /// <summary>Returns the elements of a Float32 initializer; null for other values.</summary>
    private static TensorData? Numbers(string value, Model model) =>
        model.Graph.IsInitializer(value) && model.Weights[value] is { Element: ElementType.Float32 } tensor ? tensor : null;

    /// <summary>
    /// Returns the constant operand of a node if it has one number for each channel: C x 1 x 1 or 1 x C x 1 x 1; null otherwise.
    /// </summary>
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
