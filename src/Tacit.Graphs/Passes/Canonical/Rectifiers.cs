namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Replaces Min and Max with a constant scalar by Relu and Clip, which a quantiser computes by its clamping.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Max(x, 0) becomes Relu(x).</item>
/// <item>Max(x, c) becomes Clip(x, c, none), and Min(x, c) becomes Clip(x, none, c).</item>
/// <item>A lower bound followed by an upper bound, as in ReLU6 = Min(Relu(x), 6), becomes one Clip(x, 0, 6).</item>
/// </list>
/// The pass is exact. The constant must be Float32 with one element and at most one dimension, so it cannot change the shape of x.
/// </remarks>
public static class Rectifiers
{
    /// <summary>Returns the network with its rectifiers as Relu and Clip.</summary>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has no Min or Max of this form.</returns>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = model
            .Graph.Nodes.Select(node => (Node: node, Bound: Bound(node, model)))
            .Where(found => found.Bound is not null)
            .ToList();
        if (found.Count == 0)
        {
            return model;
        }

        var builder = new GraphBuilder(model);
        foreach (var (node, bound) in found)
        {
            var (value, number) = bound!.Value;
            builder.Replace(
                node,
                node.Operator == "Max" && number == 0
                    ? node with
                    {
                        Operator = "Relu",
                        Inputs = [value],
                    }
                    : node with
                    {
                        Operator = "Clip",
                        Inputs = node.Operator == "Max" ? [value, Scalar(number)] : [value, "", Scalar(number)],
                    }
            );
        }

        return Joined(builder.Build());

        string Scalar(float number) => builder.Initializer("bound", TensorData.Scalar(number), WeightRole.Constant);
    }

    /// <summary>Returns the value and the constant that a Min or Max compares; null for other forms.</summary>
    private static (string Value, float Number)? Bound(Node node, Model model)
    {
        if (node.Operator is not ("Min" or "Max") || node.Inputs is not [var one, var other])
        {
            return null;
        }

        var (value, constant) = model.Graph.IsInitializer(one) ? (other, one) : (one, other);
        return
            !model.Graph.IsInitializer(value)
            && model.Graph.IsInitializer(constant)
            && model.Weights[constant] is { Element: ElementType.Float32, Count: 1, Sizes.Length: 0 or 1 } number
            ? (value, number.As<float>()[0])
            : null;
    }

    /// <summary>Joins a lower bound and an upper bound after it to one Clip, as in min(relu(x), 6).</summary>
    private static Model Joined(Model model)
    {
        var builder = new GraphBuilder(model);
        foreach (var upper in model.Graph.Nodes.Where(node => node is { Operator: "Clip", Inputs: [_, "", _] }))
        {
            var lower = model.Graph.Producer(upper.Inputs[0]);
            if (
                lower is not { Operator: "Relu" } and not { Operator: "Clip", Inputs: [_, { Length: > 0 }] }
                || model.Graph.IsOutput(lower.Output)
                || model.Graph.Consumers(lower.Output).Length != 1
            )
            {
                continue;
            }

            var least =
                lower.Operator == "Clip" ? lower.Inputs[1] : builder.Initializer("bound", TensorData.Scalar(0f), WeightRole.Constant);
            builder.Remove(lower);
            builder.Replace(upper, upper with { Inputs = [lower.Inputs[0], least, upper.Inputs[2]] });
        }

        return builder.Build();
    }
}
