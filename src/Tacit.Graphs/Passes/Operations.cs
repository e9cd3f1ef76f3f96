using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes;

/// <summary>Classifies nodes for quantisation: which have weights, which have integer kernels, which only move elements.</summary>
/// <remarks>
/// All decisions depend on the operator, its attributes and the initializers of the graph. Except for <see cref="LoneNorms"/>, no shape is
/// inferred, so the methods are cheap enough to be called for every node.
/// </remarks>
internal static class Operations
{
    /// <summary>Returns the grid of an activation quantiser over its observed range.</summary>
    /// <param name="node">A FakeQuantize node with the inputs (value, low, high), any other node, or null.</param>
    /// <param name="model">The network, whose weights hold the range at inputs 1 and 2: two scalars.</param>
    /// <returns>The grid; null if the node is null, has another operator, or quantises weights (per axis).</returns>
    public static QuantizationGrid? GridOf(Node? node, Model model) =>
        Quantizer.Of(node) is { Axis: null } quantizer
            ? quantizer.Over(model.Weights[node!.Inputs[1]].As<float>()[0], model.Weights[node.Inputs[2]].As<float>()[0])
            : null;

    /// <summary>Returns whether a node is a Conv, Gemm or MatMul whose input 1 is an initializer, quantised or not.</summary>
    /// <remarks>
    /// A MatMul of two activations, as in attention, is not a layer with weights. Nor is one by a stack of matrices: ONNX Runtime has no
    /// integer kernel with a scale for each column of these.
    /// </remarks>
    public static bool IsWeighted(Node node, Graph graph) =>
        node.Operator is "Conv" or "Gemm" or "MatMul"
        && graph.Initializers.TryGetValue(WeightSource(node, graph), out var weight)
        && (node.Operator != "MatMul" || weight.Type.Shape.Rank == 2);

    /// <summary>Returns the name of the weights of a layer: input 1, or the input of the FakeQuantize that produces it.</summary>
    /// <param name="node">A node with at least two inputs.</param>
    /// <param name="graph">The graph that contains the node.</param>
    public static string WeightSource(Node node, Graph graph) =>
        graph.Producer(node.Inputs[1]) is { Operator: Quantizer.Operator } quantizer ? quantizer.Inputs[0] : node.Inputs[1];

    /// <summary>Returns the axis of a layer's weights that enumerates the outputs.</summary>
    /// <remarks>
    /// Conv (O, C, H, W): 0. Gemm (K, O): 1, with <c>transB</c> (O, K): 0. MatMul (..., K, O): the last axis.
    /// </remarks>
    /// <param name="node">A node for which <see cref="IsWeighted"/> holds.</param>
    /// <param name="rank">The number of dimensions of the weights.</param>
    public static int OutputAxis(Node node, int rank) =>
        node.Operator switch
        {
            "Conv" => 0,
            "Gemm" => node.Attributes.Int("transB") != 0 ? 0 : 1,
            _ => rank - 1,
        };

    /// <summary>Returns whether ONNX Runtime has an integer kernel for a node, so its operands and result have to be quantised.</summary>
    /// <remarks>
    /// These are layers with weights, GlobalAveragePool, AveragePool without dilations, and Add, Mul and Concat without constant operands. An Add or Mul
    /// with a constant stays in float.
    /// </remarks>
    public static bool HasIntegerKernel(Node node, Graph graph) =>
        IsWeighted(node, graph)
        || node.Operator is "GlobalAveragePool"
        || (node.Operator is "AveragePool" && !Window.IsDilated(node))
        || (node.Operator is "Add" or "Mul" or "Concat" && node.Inputs.All(input => !graph.IsInitializer(input)));

    /// <summary>Returns whether a node only moves or selects elements, so it gives the same result on quantised integers.</summary>
    /// <remarks>
    /// MaxPool is among them because quantisation is monotonic. Pad is among them if it repeats elements of its input or pads by 0, which
    /// every grid contains.
    /// </remarks>
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

    /// <summary>Follows a value backwards through all nodes that only move elements.</summary>
    /// <returns>
    /// The value from which <paramref name="value"/> was sliced, padded, pooled or reshaped; <paramref name="value"/> itself if it was
    /// computed.
    /// </returns>
    public static string Source(string value, Model model)
    {
        while (model.Graph.Producer(value) is { } producer && OnlyMoves(producer, model))
        {
            value = producer.Inputs[0];
        }

        return value;
    }

    /// <summary>
    /// Returns whether a node is an activation function, whose output is quantised with <c>BitWidths.Activations</c> bits.
    /// </summary>
    /// <remarks>These are Relu, Clip, LeakyRelu, and the product x · sigmoid(x) or x · hard-sigmoid(x): SiLU and hard swish.</remarks>
    public static bool IsActivation(Node node, Graph graph) =>
        node.Operator is "Relu" or "Clip" or "LeakyRelu" || (node.Operator == "Mul" && IsGatedByItself(node, graph));

    /// <summary>Returns whether a node is a Relu or Clip, which the clamping of a quantiser replaces at no cost.</summary>
    public static bool IsRectifier(Node node) => node.Operator is "Relu" or "Clip";

    /// <summary>Returns the values that reach outputs of the graph without another layer or average pool on the way.</summary>
    /// <remarks>
    /// They are the results of the last layers and what is computed from them: softmaxes, decoded boxes, selected classes. They stay in
    /// float, because a grid of 8 bits over a whole output costs accuracy and saves no time. A value without readers is one of them.
    /// </remarks>
    public static IReadOnlySet<string> Tail(Graph graph)
    {
        var tail = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in graph.Inputs.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Outputs)).Reverse())
        {
            if (graph.Consumers(value).All(reader => !IsLayer(reader) && reader.Outputs.All(tail.Contains)))
            {
                tail.Add(value);
            }
        }

        return tail;

        bool IsLayer(Node node) => IsWeighted(node, graph) || node.Operator is "AveragePool" or "GlobalAveragePool";
    }

    /// <summary>Returns the batch norm that can be folded into a convolution: the only reader of its result.</summary>
    /// <returns>The BatchNormalization node; null if the node is not a Conv, has other readers, or gives an output of the graph.</returns>
    public static Node? FoldedNorm(Node node, Graph graph) =>
        node.Operator == "Conv" && !graph.IsOutput(node.Output) && graph.Consumers(node.Output) is [{ Operator: "BatchNormalization" } norm]
            ? norm
            : null;

    /// <summary>
    /// Returns the batch norms on images and clips that cannot be folded into a convolution, with the ranks of their inputs.
    /// </summary>
    /// <remarks>
    /// DenseNet has such batch norms after its concatenations. The export computes each as a depth-wise convolution with a 1 x 1 window.
    /// Batch norms on matrices (rank 2) are not returned. Shapes are inferred only if the network has candidates.
    /// </remarks>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
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

    /// <summary>Returns whether a product is x · sigmoid(x) (SiLU) or x · hard-sigmoid(x) (hard swish).</summary>
    private static bool IsGatedByItself(Node product, Graph graph)
    {
        return Gates(product.Inputs[0], product.Inputs[1]) || Gates(product.Inputs[1], product.Inputs[0]);

        bool Gates(string gate, string value) =>
            graph.Producer(gate) is { Operator: "Sigmoid" or "HardSigmoid" } sigmoid && sigmoid.Inputs[0] == value;
    }
}
