using Tacit.Learning.Execution.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Fills the channels of a convolution up to whole blocks of 8 by zeros, where libtorch would do so wrongly.</summary>
/// <remarks>Only where <see cref="HiddenCaches.AreHidden"/>; elsewhere the convolution is given what it is given.</remarks>
internal static class ChannelBlocks
{
    private const long Size = 8;

    /// <summary>A convolution, or a transposed one.</summary>
    /// <param name="x">(N, groups · c, ...).</param>
    /// <param name="weight">(groups · o, c, ...); of a transposed convolution (groups · c, o, ...).</param>
    /// <param name="bias">(groups · o); null for none.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="outputs">o, the channels that each group gives.</param>
    /// <param name="convolve">Convolves an input with a weight and a bias in so many groups.</param>
    /// <returns>(N, groups · o, ...).</returns>
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

        // What does not fit is left to libtorch to refuse: filled up, it might.
        var fits = x.shape[1] == groups * inputs && weight.shape[0] * weight.shape[1] == groups * inputs * outputs;
        return
            HiddenCaches.AreHidden
            && fits
            && x.device_type == TorchSharp.DeviceType.CPU
            && (Filled(inputs) != inputs || Filled(outputs) != outputs)
            ? ConvolveFilled(x, weight, bias, groups, outputs, convolve)
            : convolve(x, weight, bias, groups);
    }

    /// <summary>The same with the channels filled up, whatever the machine.</summary>
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
            // Depth-wise: the groups are the channels.
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

    private static long Filled(long channels) => (channels + Size - 1) / Size * Size;

    private static Tensor Fill(Tensor x, int dimension)
    {
        var missing = Filled(x.shape[dimension]) - x.shape[dimension];
        if (missing == 0)
        {
            return x;
        }

        // The last dimension comes first, each with what goes before and after it.
        var pads = new long[2 * (x.dim() - dimension)];
        pads[^1] = missing;
        return functional.pad(x, pads);
    }
}
