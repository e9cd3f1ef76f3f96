using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>
/// Executes BatchNormalization, InstanceNormalization and LayerNormalization, which compute scale · (x - mean) / sqrt(variance + epsilon) + bias,
/// and LRN.
/// </summary>
/// <remarks>The attribute <c>epsilon</c> is 1e-5 by default.</remarks>
internal static class Normalization
{
    /// <summary>BatchNormalization: x (N, C, ...), scale, bias, running mean and running variance (C each).</summary>
    /// <remarks>
    /// In evaluation, the running statistics are used. In training, the mean and variance of each channel over the batch are used, and the
    /// running statistics r are updated in place: r = momentum · r + (1 - momentum) · batch, with <c>momentum</c> 0.9 by default. libtorch
    /// weights the other term with its momentum, hence the subtraction. Its running variance is the unbiased one.
    /// </remarks>
    public static Kernel Batch(NodeSource source)
    {
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);

        // ONNX's momentum is the weight of the old statistics, libtorch's that of the new ones.
        var momentum = 1 - source.Attributes.Float("momentum", 0.9f);
        return x => [functional.batch_norm(x[0], x[3], x[4], x[1], x[2], x.IsTraining, momentum, epsilon)];
    }

    /// <summary>
    /// InstanceNormalization: x (N, C, ...), scale and bias (C each). The statistics are those of each channel of each sample.
    /// </summary>
    public static Kernel Instance(NodeSource source)
    {
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);
        return x => [functional.instance_norm(x[0], weight: x[1], bias: x[2], eps: epsilon)];
    }

    /// <summary>
    /// LayerNormalization: x, scale and, optionally, bias. The statistics are taken over all axes from <c>axis</c> (default -1).
    /// </summary>
    public static Kernel Layer(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);
        return x => [functional.layer_norm(x[0], x[0].shape[(int)Axes.From(axis, x[0].dim())..], x[1], x.OrNull(2), epsilon)];
    }

    /// <summary>LRN: x / (<c>bias</c> + <c>alpha</c> · mean)^<c>beta</c>, where mean is that of x² over <c>size</c> channels.</summary>
    /// <remarks>
    /// Channels that do not exist count as 0. With an even size, there is one channel more after the element than before it. By default,
    /// alpha is 1e-4, beta 0.75 and bias 1 (Krizhevsky et al., 2012).
    /// </remarks>
    public static Kernel LocalResponse(NodeSource source)
    {
        var size = source.Attributes.Int("size");
        var (alpha, beta) = (source.Attributes.Float("alpha", 1e-4f), source.Attributes.Float("beta", 0.75f));
        var bias = source.Attributes.Float("bias", 1);
        return x =>
        {
            using var scope = NewDisposeScope();
            var squares = x[0].square().reshape(x[0].shape[0], 1, x[0].shape[1], -1);
            var padded = functional.pad(squares, [0, 0, (size - 1) / 2, size / 2]);
            var mean = functional.avg_pool2d(padded, [size, 1], [1, 1]).reshape(x[0].shape);
            return [(x[0] / (mean * alpha + bias).pow(beta)).MoveToOuterDisposeScope()];
        };
    }
}
