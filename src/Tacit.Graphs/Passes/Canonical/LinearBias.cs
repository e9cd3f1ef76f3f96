using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Merges a MatMul by weights and the Add of a bias after it into one Gemm.</summary>
/// <remarks>
/// <para>
/// Before: MatMul(x, W) → Add(b) with x (N, K), W (K, O) and b (O). After: Gemm(x, W, b) with <c>transB</c> 0. An integer kernel then adds
/// the bias to its 32-bit sums, so that the result before the bias is not rounded to 8 bits.
/// </para>
/// <para>A MatMul of another rank stays, because Gemm is only defined for matrices. So does one whose product has other readers.</para>
/// </remarks>
public static class LinearBias
{
    /// <summary>Returns the network with its linear layers as Gemm nodes.</summary>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has no such pairs.</returns>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = model.Graph.Nodes.Select(node => (Product: node, Sum: Sum(node, model))).Where(found => found.Sum is not null).ToList();
        var types = found.Count > 0 ? ShapeInference.Infer(model) : null;
        found.RemoveAll(found => types![found.Product.Inputs[0]].Shape.Rank != 2);
        if (found.Count == 0)
        {
            return model;
        }

        var builder = new GraphBuilder(model);
        foreach (var (product, sum) in found)
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
