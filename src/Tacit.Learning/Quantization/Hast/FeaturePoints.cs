using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Finds the values at which the features of the float and the quantised network are compared.</summary>
/// <remarks>
/// <para>
/// The authors hook modules by their class; here the structure of the graph decides. The result of a convolution, after its batch
/// norm, is a point if it is one of the following:
/// </para>
/// <list type="bullet">
/// <item>The body of a residual block: the operand of a sum that has passed through the most convolutions (ResNet).</item>
/// <item>A linear bottleneck: another convolution reads it without an activation function in between (MobileNetV2).</item>
/// <item>A point-wise convolution, of kernel 1 x 1, after a depth-wise one (MobileNetV1).</item>
/// </list>
/// <para>If a network has none of these, the results of all convolutions but the last are the points.</para>
/// </remarks>
/// <example>A ResNet-20 for CIFAR has 9 points, a MobileNetV1 13 and a MobileNetV2 17.</example>
internal static class FeaturePoints
{
    /// <summary>Returns the names of the values to compare, in the order of computation.</summary>
    /// <param name="graph">The float network.</param>
    public static ImmutableArray<string> Of(Graph graph)
    {
        var depths = Depths(graph);
        var results = graph.Nodes.Where(node => node.Operator == "Conv").Select(conv => (Conv: conv, Value: Result(graph, conv))).ToList();
        ImmutableArray<string> points =
        [
            .. results
                .Where(layer => IsBody(layer.Value) || IsLinearBottleneck(layer.Value) || IsPointwiseAfterDepthwise(graph, layer.Conv))
                .Select(layer => layer.Value),
        ];
        return points.IsEmpty ? [.. results.SkipLast(1).Select(layer => layer.Value)] : points;

        bool IsBody(string value) =>
            graph
                .Consumers(value)
                .Any(sum => sum.Operator == "Add" && sum.Inputs.MaxBy(operand => depths.GetValueOrDefault(operand)) == value);

        bool IsLinearBottleneck(string value) => graph.Consumers(value).Any(reader => reader.Operator == "Conv");
    }

    // The number of convolutions on the longest way from an input to each value.
    private static Dictionary<string, int> Depths(Graph graph)
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            var deepest = node.Inputs.Max(input => depths.GetValueOrDefault(input));
            foreach (var output in node.Outputs)
            {
                depths[output] = deepest + (node.Operator == "Conv" ? 1 : 0);
            }
        }

        return depths;
    }

    private static string Result(Graph graph, Node conv) =>
        graph.Consumers(conv.Output) is [{ Operator: "BatchNormalization" } norm] ? norm.Output : conv.Output;

    private static bool IsPointwiseAfterDepthwise(Graph graph, Node conv)
    {
        var source = graph.Producer(conv.Inputs[0]);
        while (source?.Operator is "BatchNormalization" or "Relu" or "Clip")
        {
            source = graph.Producer(source.Inputs[0]);
        }

        return source?.Operator == "Conv" && IsDepthwise(source) && WeightShape(conv) is { } shape && shape.Skip(2).All(size => size == 1);

        bool IsDepthwise(Node node) =>
            node.Attributes.Int("group", 1) is var group and > 1 && WeightShape(node) is { } weight && weight[0] == group;

        Shape? WeightShape(Node node) => graph.Initializers.GetValueOrDefault(node.Inputs[1])?.Type.Shape;
    }
}
