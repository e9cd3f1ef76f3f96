using Tacit.Learning.Execution.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Pads the channels of a convolution with zeros to a multiple of 8 on machines where libtorch is wrong otherwise.</summary>
/// <remarks>
/// It does so only if <see cref="HiddenCaches.AreHidden"/> is true. Zero channels of the input and the weights add nothing to a sum, and
/// the additional channels of the result are cut off. The results are those of the unpadded convolution.
/// </remarks>
internal static class ChannelBlocks
{
    private const long Size = 8;

    /// <summary>Computes a convolution or a transposed convolution, with padded channels if necessary.</summary>
    /// <param name="x">The input (N, groups · c, ...).</param>
    /// <param name="weight">The weights (groups · o, c, ...); of a transposed convolution (groups · c, o, ...).</param>
    /// <param name="bias">The bias (groups · o); null for none.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="outputs">The number of output channels of each group, o.</param>
    /// <param name="convolve">The convolution of an input, weights and a bias in a number of groups.</param>
    /// <returns>The result (N, groups · o, ...).</returns>
    public static Tensor Convolve(
        Tensor x,
        Tensor weight,
        Tensor? bias,
        long groups,
        long outputs,
        Func<Tensor, Tensor, Tensor?, long, Tensor> convolve
    )
    {
        var inputs = x.shape[1] / groups;

        // Shapes that do not match are passed to libtorch, which reports them. With padding, they might match by accident.
        var fits = x.shape[1] == groups * inputs && weight.shape[0] * weight.shape[1] == groups * inputs * outputs;
        return
            HiddenCaches.AreHidden
            && fits
            && x.device_type == TorchSharp.DeviceType.CPU
            && (Filled(inputs) != inputs || Filled(outputs) != outputs)
            ? ConvolveFilled(x, weight, bias, groups, outputs, convolve)
            : convolve(x, weight, bias, groups);
    }

    /// <summary>Computes the convolution with padded channels on any machine, for tests.</summary>
    /// <inheritdoc cref="Convolve"/>
    internal static Tensor ConvolveFilled(
        Tensor x,
        Tensor weight,
        Tensor? bias,
        long groups,
        long outputs,
        Func<Tensor, Tensor, Tensor?, long, Tensor> convolve
    )
    {
        var inputs = x.shape[1] / groups;
        using var scope = NewDisposeScope();
        if (inputs == 1 && outputs == 1)
        {
            // In a depth-wise convolution, the groups are the channels.
            var y = convolve(Fill(x, 1), Fill(weight, 0), bias is null ? null : Fill(bias, 0), Filled(groups));
            return y.narrow(1, 0, groups).MoveToOuterDisposeScope();
        }

        var filledX = Fill(x.reshape([x.shape[0], groups, inputs, .. x.shape[2..]]), 2).flatten(1, 2);
        var filledWeight = Fill(Fill(weight.reshape([groups, -1, weight.shape[1], .. weight.shape[2..]]), 1), 2).flatten(0, 1);
        var filledBias = bias is null ? null : Fill(bias.reshape(groups, outputs), 1).flatten();
        var filled = convolve(filledX, filledWeight, filledBias, groups);
        return filled
            .reshape([x.shape[0], groups, Filled(outputs), .. filled.shape[2..]])
            .narrow(2, 0, outputs)
            .flatten(1, 2)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Rounds a number of channels up to a multiple of 8.</summary>
    private static long Filled(long channels) => (channels + Size - 1) / Size * Size;

    private static Tensor Fill(Tensor x, int dimension)
    {
        var missing = Filled(x.shape[dimension]) - x.shape[dimension];
        if (missing == 0)
        {
            return x;
        }

        // The pads start with the last dimension, with two numbers for each.
        var pads = new long[2 * (x.dim() - dimension)];
        pads[^1] = missing;
        return functional.pad(x, pads);
    }
}
