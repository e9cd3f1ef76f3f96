using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Folds batch norms into the convolutions before them.</summary>
/// <remarks>
/// <para>
/// Before: Conv(W, b) → BatchNormalization(gamma, beta, mean, variance). After: Conv(f · W, beta + f · (b - mean)) with f = gamma /
/// sqrt(variance + epsilon) for each output channel. The factors are computed in double precision. The network computes the same function
/// up to rounding, with fewer operations.
/// </para>
/// <para>
/// The running statistics are lost, so no samples can be synthesised from the result. A batch norm without a convolution before it stays.
/// So does one behind a convolution whose result has other readers.
/// </para>
/// </remarks>
public static class BatchNormFolding
{
    /// <summary>Returns the network with its batch norms folded.</summary>
    /// <returns>
    /// A network in which each folded convolution gives the value that its batch norm gave. The value between the two disappears.
    /// </returns>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var builder = new GraphBuilder(model);
        foreach (
            var convolution in model.Graph.Nodes.Where(node =>
                Operations.IsWeighted(node, model.Graph) && Operations.FoldedNorm(node, model.Graph) is not null
            )
        )
        {
            var layer = FoldedLayer.Of(model, convolution);
            var weight = convolution.Inputs[1];
            builder.Remove(layer.Norm!);
            builder.Replace(
                convolution,
                convolution with
                {
                    Inputs =
                    [
                        convolution.Inputs[0],
                        builder.Initializer($"{weight}.folded", layer.ScaledWeight),
                        builder.Initializer($"{weight}.bias", TensorData.Of<float>([.. layer.Bias.Select(value => (float)value)])),
                    ],
                    Outputs = [layer.Result],
                }
            );
        }

        return builder.Build();
    }
}
