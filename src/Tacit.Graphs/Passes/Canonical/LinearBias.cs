using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Writes a MatMul of a matrix by weights and the Add of a bias after it as one Gemm, which an integer kernel computes with its bias.</summary>
public static class LinearBias
{
    /// <summary>The network with its linear layers whole.</summary>
    /// <exception cref="UnsuitableModelException">As in <see cref="ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = model.Graph.Nodes.Select(node => (Product: node, Sum: Sum(node, model))).Where(found => found.Sum is not null).ToList();
        if (found.Count == 0)
        {
            return model;
        }

        var types = ShapeInference.Infer(model);
        var builder = new GraphBuilder(model);
        foreach (var (product, sum) in found.Where(found => types[found.Product.Inputs[0]].Shape.Rank == 2))
        {
            var bias = sum!.Inputs.First(input => input != product.Output);
            builder.Remove(sum);
            builder.Replace(product, product with { Operator = "Gemm", Inputs = [.. product.Inputs, bias], Outputs = [sum.Output] });
        }

        return builder.Build();
    }

    private static Node? Sum(Node node, Model model)
    {
        var graph = model.Graph;
        return
            node.Operator == "MatMul"
            && Floats(node.Inputs[1]) is { Sizes: [_, var outputs] }
            && !graph.IsOutput(node.Output)
            && graph.Consumers(node.Output) is [{ Operator: "Add" } sum]
            && sum.Inputs.Where(input => input != node.Output).ToList() is [var bias]
            && Floats(bias) is { Sizes: [var count] }
            && count == outputs
            ? sum
            : null;

        TensorData? Floats(string value) =>
            graph.IsInitializer(value) && model.Weights[value] is { Element: ElementType.Float32 } data ? data : null;
    }
}
