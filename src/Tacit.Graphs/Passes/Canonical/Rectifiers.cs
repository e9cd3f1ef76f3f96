namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Replaces Min and Max with a constant scalar by Relu and Clip, which a quantiser computes by its clamping.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Max(x, 0) becomes Relu(x).</item>
/// <item>Max(x, c) becomes Clip(x, c, none), and Min(x, c) becomes Clip(x, none, c).</item>
/// <item>A Relu of a value that is never negative, such as a pooled Relu, is removed. The value needs no second quantiser.</item>
/// <item>A lower bound followed by an upper bound, as in ReLU6 = Min(Relu(x), 6), becomes one Clip(x, 0, 6).</item>
/// </list>
/// The pass is exact. The constant must be Float32 with one element and at most one dimension, so it cannot change the shape of x.
/// </remarks>
public static class Rectifiers
{
    /// <summary>Returns the network with its rectifiers as Relu and Clip.</summary>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has none of these forms.</returns>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = model
            .Graph.Nodes.Select(node => (Node: node, Bound: Bound(node, model)))
            .Where(found => found.Bound is not null)
            .ToList();
        if (found.Count == 0)
        {
            return WithoutIdleRelus(model);
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

        return WithoutIdleRelus(Joined(builder.Build()));

        string Scalar(float number) => builder.Initializer("bound", TensorData.Scalar(number), WeightRole.Constant);
    }

    /// <summary>Removes each Relu whose operand is never negative. One that gives an output of the graph stays.</summary>
    private static Model WithoutIdleRelus(Model model)
    {
        var graph = model.Graph;
        var idle = graph
            .Nodes.Where(node => node.Operator == "Relu" && !graph.IsOutput(node.Output) && IsNeverNegative(node.Inputs[0], model))
            .ToList();
        if (idle.Count == 0)
        {
            return model;
        }

        // In the order of the graph, so that in a chain of several each is redirected to what remains.
        var builder = new GraphBuilder(model);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in idle)
        {
            kept[node.Output] = kept.GetValueOrDefault(node.Inputs[0], node.Inputs[0]);
            builder.Remove(node);
            builder.Redirect(node.Output, kept[node.Output]);
        }

        return builder.Build();
    }

    private static bool IsNeverNegative(string value, Model model) =>
        model.Graph.Producer(value) is { } node
        && (
            node.Operator switch
            {
                "Relu" or "Sigmoid" or "HardSigmoid" or "Softmax" => true,
                "Clip" => node.InputOrNull(1) is { } low
                    && model.Graph.IsInitializer(low)
                    && model.Weights[low] is { Element: ElementType.Float32, Count: 1 } bound
                    && bound.As<float>()[0] >= 0,
                "AveragePool" or "GlobalAveragePool" => IsNeverNegative(node.Inputs[0], model),
                "Concat" => node.Inputs.All(input => IsNeverNegative(input, model)),
                _ => Operations.OnlyMoves(node, model) && IsNeverNegative(node.Inputs[0], model),
            }
        );

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
