using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>
/// Combines a convolution or linear layer with the batch norm behind it, or represents a batch norm without a convolution.
/// </summary>
/// <remarks>
/// <para>
/// The layer and its batch norm compute f · (W ∗ x) + B for each output channel, with f = gamma / sqrt(variance + epsilon) and B = beta + f
/// · (b - mean), where b is the layer's own bias. A Gemm without a batch norm has f = alpha, and its bias is beta · b.
/// </para>
/// <para>
/// The factors are kept apart from the weights. The integers of the weights therefore do not depend on the batch norm, and folding it costs
/// no accuracy.
/// </para>
/// </remarks>
/// <param name="Node">The layer, or the lone batch norm.</param>
/// <param name="Norm">The batch norm; null if there is none. For a lone batch norm, the same as <paramref name="Node"/>.</param>
/// <param name="Weight">The layer's own weights. For a lone batch norm, a vector of ones (C).</param>
/// <param name="Axis">The axis of the weights that enumerates the outputs.</param>
/// <param name="Quantizer">The quantiser of the weights; null if they are not quantised.</param>
/// <param name="Factors">The factor f of each output channel. It can be negative or 0.</param>
/// <param name="Bias">The bias B of each output channel, after the factors.</param>
internal sealed record FoldedLayer(
    Node Node,
    Node? Norm,
    TensorData Weight,
    int Axis,
    Quantizer? Quantizer,
    double[] Factors,
    double[] Bias
)
{
    // A channel has only one weight, which any number of bits holds exactly. 7 bits fit every storage and range.
    private static readonly Quantizer NormQuantizer = Quantizer.OfWeights(bits: 7, axis: 0, largest: 63);

    /// <summary>The name of the value that the layer and its batch norm give.</summary>
    public string Result => Norm?.Output ?? Node.Output;

    /// <summary>The name of the initializer that can move the result: the beta of the batch norm or the layer's bias; null if there is none.</summary>
    public string? BiasName => Norm is null ? Node.InputOrNull(2) : Norm.Inputs[2];

    /// <summary>The weights with each output channel multiplied by its factor, Float32. Computed at each access.</summary>
    public TensorData ScaledWeight => ChannelAxis.Scaled(Weight, Axis, Factors);

    /// <summary>Reads a layer and folds the batch norm behind it, if there is one.</summary>
    /// <param name="model">The network.</param>
    /// <param name="node">A layer with weights (see <see cref="Operations.IsWeighted"/>), or a BatchNormalization.</param>
    public static FoldedLayer Of(Model model, Node node)
    {
        if (node.Operator == "BatchNormalization")
        {
            return OfNorm(model, node);
        }

        var graph = model.Graph;
        var weight = model.Weights[Operations.WeightSource(node, graph)];
        var axis = Operations.OutputAxis(node, weight.Sizes.Length);
        var bias = new double[weight.Sizes[axis]];
        var factors = Enumerable.Repeat(node.Operator == "Gemm" ? node.Attributes.Float("alpha", 1) : 1.0, bias.Length).ToArray();
        if (node.InputOrNull(2) is { } name)
        {
            var values = model.Weights[name].As<float>();
            for (var i = 0; i < bias.Length; i++)
            {
                bias[i] = BiasFactor(node) * values[values.Length == 1 ? 0 : i];
            }
        }

        var norm = Operations.FoldedNorm(node, graph);
        if (norm is not null)
        {
            Fold(model, norm, factors, bias);
        }

        return new FoldedLayer(node, norm, weight, axis, Quantizer.Of(graph.Producer(node.Inputs[1])), factors, bias);
    }

    private static FoldedLayer OfNorm(Model model, Node norm)
    {
        var channels = (int)model.Weights[norm.Inputs[1]].Count;
        var factors = new double[channels];
        var bias = new double[channels];
        Fold(model, norm, factors, bias);
        var ones = TensorData.Of<float>([.. Enumerable.Repeat(1f, channels)]);
        return new FoldedLayer(norm, norm, ones, Axis: 0, NormQuantizer, factors, bias);
    }

    /// <summary>Returns the factor by which a layer multiplies its bias: the <c>beta</c> of a Gemm, and 1 for other operators.</summary>
    public static float BiasFactor(Node node) => node.Operator == "Gemm" ? node.Attributes.Float("beta", 1) : 1;

    /// <summary>Moves the result of the layer by changing its bias, or the beta of its batch norm.</summary>
    /// <param name="model">The network.</param>
    /// <param name="change">What is added to <see cref="Bias"/>, for each output channel.</param>
    /// <returns>
    /// The name and the new elements of the initializer; null if there is none with an element for each channel, or if the layer multiplies
    /// it by 0.
    /// </returns>
    public (string Name, TensorData Data)? MovedBias(Model model, double[] change)
    {
        var factor = Norm is null ? BiasFactor(Node) : 1;
        if (BiasName is not { } name || !model.Weights.TryGetValue(name, out var bias) || bias.Count != Bias.Length || factor == 0)
        {
            return null;
        }

        var values = bias.As<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(values[i] + change[i] / factor);
        }

        return (name, TensorData.Of<float>(values).Reshape(bias.Sizes.AsSpan()));
    }

    private static void Fold(Model model, Node norm, double[] factors, double[] bias)
    {
        var epsilon = norm.Attributes.Float("epsilon", 1e-5f);
        ReadOnlySpan<float> gamma = Of(1),
            beta = Of(2),
            mean = Of(3),
            variance = Of(4);
        for (var i = 0; i < factors.Length; i++)
        {
            factors[i] = gamma[i] / Math.Sqrt(variance[i] + (double)epsilon);
            bias[i] = beta[i] + (bias[i] - mean[i]) * factors[i];
        }

        ReadOnlySpan<float> Of(int input) => model.Weights[norm.Inputs[input]].As<float>();
    }
}
