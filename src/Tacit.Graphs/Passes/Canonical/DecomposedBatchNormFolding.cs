using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Folds batch norms written as Mul and Add, and biases written as Add, into the convolutions before them.</summary>
/// <remarks>
/// <para>
/// Before: Conv(W, b) → Mul(s) → Add(t). After: Conv(s · W, s · b + t). Integer kernels then compute the whole expression. See
/// <see cref="DecomposedBatchNorm"/> for the recognised forms.
/// </para>
/// <para>
/// The function stays the same up to rounding, because products are rounded at other places. If all scales are 1, the weights stay bit for
/// bit.
/// </para>
/// </remarks>
public static class DecomposedBatchNormFolding
{
    /// <summary>Returns the network with all such chains folded.</summary>
    /// <param name="model">The network in its canonical form; see <see cref="Canonicalization"/>.</param>
    /// <returns>
    /// The rewritten network; <paramref name="model"/> itself if it has no such chains. The last value of a chain keeps its name. The
    /// values within it disappear.
    /// </returns>
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
