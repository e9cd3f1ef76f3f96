using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Folds batch norms that are written as Mul and Add, and biases written as Add, into the convolutions before them, so that integer kernels compute them.</summary>
public static class DecomposedBatchNormFolding
{
    /// <summary>The network with such operations gone; values keep their names but for what lay between.</summary>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var hidden = model.Graph.Nodes.Select(node => DecomposedBatchNorm.After(node, model)).OfType<DecomposedBatchNorm>().ToList();
        if (hidden.Count == 0)
        {
            return model;
        }

        var builder = new GraphBuilder(model);
        foreach (var norm in hidden)
        {
            var (convolution, weight) = (norm.Convolution, norm.Convolution.Inputs[1]);
            string[] inputs =
            [
                convolution.Inputs[0],
                norm.Scales.All(scale => scale == 1)
                    ? weight
                    : builder.Initializer($"{weight}.scaled", ChannelAxis.Scaled(model.Weights[weight], axis: 0, norm.Scales)),
                builder.Initializer(
                    $"{weight}.shift",
                    Bias(convolution.InputOrNull(2) is { } bias ? model.Weights[bias].As<float>() : default, norm)
                ),
            ];
            foreach (var step in norm.Steps)
            {
                builder.Remove(step);
            }

            builder.Replace(convolution, convolution with { Inputs = [.. inputs], Outputs = [norm.Output] });
        }

        return builder.Build();
    }

    private static TensorData Bias(ReadOnlySpan<float> bias, DecomposedBatchNorm norm)
    {
        var shifts = norm.Shifts.ToArray();
        for (var i = 0; i < bias.Length; i++)
        {
            shifts[i] += bias[i] * norm.Scales[i];
        }

        return TensorData.Of<float>([.. shifts.Select(shift => (float)shift)]);
    }
}
