using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes;

/// <summary>What rewrites for quantisation need to know of the operators.</summary>
internal static class Operations
{
    /// <summary>The grid of an activation over its observed range; null where the node is no quantiser of an activation.</summary>
    public static QuantizationGrid? GridOf(Node? node, Model model) =>
        Quantizer.Of(node) is { Axis: null } quantizer
            ? quantizer.Over(model.Weights[node!.Inputs[1]].As<float>()[0], model.Weights[node.Inputs[2]].As<float>()[0])
            : null;

    /// <summary>Operators that multiply by a weight, their input 1.</summary>
    public static bool IsWeighted(Node node, Graph graph) =>
        node.Operator is "Conv" or "Gemm" or "MatMul" && graph.IsInitializer(WeightSource(node, graph));

    /// <summary>The initializer behind input 1, seen through its quantiser.</summary>
    public static string WeightSource(Node node, Graph graph) =>
        graph.Producer(node.Inputs[1]) is { Operator: Quantizer.Operator } quantizer ? quantizer.Inputs[0] : node.Inputs[1];

    /// <summary>The axis of a weight along which outputs lie.</summary>
    public static int OutputAxis(Node node, int rank) =>
        node.Operator switch
        {
            "Conv" => 0,
            "Gemm" => node.Attributes.Int("transB") != 0 ? 0 : 1,
            _ => rank - 1,
        };

    /// <summary>Operators that have integer kernels, so that their operands and results are quantised.</summary>
    public static bool HasIntegerKernel(Node node, Graph graph) =>
        IsWeighted(node, graph)
        || node.Operator is "AveragePool" or "GlobalAveragePool"
        || (node.Operator is "Add" or "Mul" or "Concat" && node.Inputs.All(input => !graph.IsInitializer(input)));

    /// <summary>Operators that move numbers without changing them: they work on integers as they do on what those stand for.</summary>
    public static bool OnlyMoves(Node node, Model model) =>
        node.Operator switch
        {
            "Slice"
            or "Split"
            or "Reshape"
            or "Flatten"
            or "Squeeze"
            or "Unsqueeze"
            or "Transpose"
            or "MaxPool"
            or "Identity"
            or "Dropout" => true,
            "Pad" => node.Attributes.Text("mode", "constant") != "constant"
                || node.InputOrNull(2) is not { } value
                || (
                    model.Weights.TryGetValue(value, out var number) && number.Element == ElementType.Float32 && number.As<float>()[0] == 0
                ),
            _ => false,
        };

    /// <summary>Where a value comes from that may have been sliced, padded or reshaped since.</summary>
    public static string Source(string value, Model model)
    {
        while (model.Graph.Producer(value) is { } producer && OnlyMoves(producer, model))
        {
            value = producer.Inputs[0];
        }

        return value;
    }

    /// <summary>The activation functions between layers, whose outputs get the bits of activations.</summary>
    public static bool IsActivation(Node node, Graph graph) =>
        node.Operator is "Relu" or "Clip" or "LeakyRelu" || (node.Operator == "Mul" && IsGatedByItself(node, graph));

    /// <summary>The activation functions that a quantiser's own clamping can stand for, so that they cost nothing.</summary>
    public static bool IsRectifier(Node node) => node.Operator is "Relu" or "Clip";

    /// <summary>Whether every reader of a value, seen through movement, a bias and softmax, is an output of the graph.</summary>
    public static bool OnlyLeaves(string value, Model model) =>
        model
            .Graph.Consumers(value)
            .All(reader =>
                (
                    OnlyMoves(reader, model)
                    || reader.Operator == "Softmax"
                    || (reader.Operator == "Add" && reader.Inputs.Any(model.Graph.IsInitializer))
                ) && reader.Outputs.All(output => OnlyLeaves(output, model))
            );

    /// <summary>The batch norm that is folded into a convolution: the only reader of its result.</summary>
    public static Node? FoldedNorm(Node node, Graph graph) =>
        node.Operator == "Conv" && !graph.IsOutput(node.Output) && graph.Consumers(node.Output) is [{ Operator: "BatchNormalization" } norm]
            ? norm
            : null;

    /// <summary>The batch norms of images that no convolution takes in, with the rank of what they are given.</summary>
    /// <remarks>Each is a convolution of its own: one number a channel, one pixel wide.</remarks>
    public static IReadOnlyDictionary<Node, int> LoneNorms(Model model)
    {
        var graph = model.Graph;
        var norms = graph
            .Nodes.Where(node =>
                node.Operator == "BatchNormalization"
                && (graph.Producer(node.Inputs[0]) is not { } source || FoldedNorm(source, graph) is null)
            )
            .ToList();
        var types = norms.Count > 0 ? ShapeInference.Infer(model) : null;
        return norms
            .Select(norm => (Norm: norm, types![norm.Output].Shape.Rank))
            .Where(norm => norm.Rank > 2)
            .ToDictionary(norm => norm.Norm, norm => norm.Rank);
    }

    // x times a sigmoid of x: SiLU, and with a hard sigmoid the hard swish.
    private static bool IsGatedByItself(Node product, Graph graph)
    {
        return Gates(product.Inputs[0], product.Inputs[1]) || Gates(product.Inputs[1], product.Inputs[0]);

        bool Gates(string gate, string value) =>
            graph.Producer(gate) is { Operator: "Sigmoid" or "HardSigmoid" } sigmoid && sigmoid.Inputs[0] == value;
    }
}
