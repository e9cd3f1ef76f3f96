using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Folds batch norms into the convolutions before them: the same function in fewer operations, but their statistics are lost.</summary>
/// <remarks>A batch norm that follows no convolution, or one that something else reads too, stays.</remarks>
public static class BatchNormFolding
{
    /// <summary>The network with such batch norms gone; values keep their names but for those between convolution and batch norm.</summary>
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
