using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>A convolution or linear layer together with the batch norm that follows it alone, or a batch norm that follows none.</summary>
/// <param name="Node">The layer.</param>
/// <param name="Norm">The batch norm; null where there is none.</param>
/// <param name="Weight">The layer's own weights; of a batch norm by itself a one for each channel.</param>
/// <param name="Axis">The axis of the weights along which outputs lie.</param>
/// <param name="Quantizer">That of the weights; null where they are not quantised.</param>
/// <param name="Factors">What each output channel is multiplied by: the batch norm's share, or a Gemm's alpha.</param>
/// <param name="Bias">The bias after the factors.</param>
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
    // Any bits hold a channel's only number exactly; so many fit every storage and range.
    private static readonly Quantizer NormQuantizer = Quantizer.OfWeights(bits: 7, axis: 0, largest: 63);

    /// <summary>The value that the layer and its batch norm give.</summary>
    public string Result => Norm?.Output ?? Node.Output;

    /// <summary>The weights with each output channel multiplied by its factor.</summary>
    public TensorData ScaledWeight => ChannelAxis.Scaled(Weight, Axis, Factors);

    /// <summary>Folds the batch norm of a layer, if it has one.</summary>
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

    /// <summary>What a layer multiplies its bias by: a Gemm's beta.</summary>
    public static float BiasFactor(Node node) => node.Operator == "Gemm" ? node.Attributes.Float("beta", 1) : 1;

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
