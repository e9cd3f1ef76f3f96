using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Conv over one, two or three spatial dimensions.</summary>
internal static class Convolution
{
    /// <summary>Conv: x (N, C, ...), weights (O, C / group, ...), bias (O, optional) → (N, O, ...).</summary>
    /// <remarks>libtorch supports only equal pads on both sides. With unequal pads, the input is padded by zeros first.</remarks>
    public static Kernel Compile(NodeSource source)
    {
        var window = new Window(source.Attributes);
        var groups = source.Attributes.Int("group", 1);
        return x =>
        {
            var kernel = x[1].shape[2..];
            var place = window.Place(x[0].shape, kernel);
            if (place.IsSymmetric)
            {
                return [Convolve(x[0], x[1], x.OrNull(2), place, place.Begin, groups)];
            }

            using var padded = Window.Pad(x[0], place.Begin, place.End, 0);
            return [Convolve(padded, x[1], x.OrNull(2), place, new long[place.Rank], groups)];
        };
    }

    /// <summary>Computes a convolution with given pads.</summary>
    /// <param name="input">The input (N, C, ...).</param>
    /// <param name="kernel">The weights (O, C / groups, ...).</param>
    /// <param name="offset">The bias (O); null for none.</param>
    /// <param name="place">The strides and dilations. Its pads are ignored.</param>
    /// <param name="pads">The pad of each spatial dimension, the same on both sides.</param>
    /// <param name="groups">The number of groups.</param>
    /// <exception cref="ArgumentException">There are more than three spatial dimensions.</exception>
    public static Tensor Convolve(Tensor input, Tensor kernel, Tensor? offset, Placement place, long[] pads, long groups) =>
        ChannelBlocks.Convolve(
            input,
            kernel,
            offset,
            groups,
            kernel.shape[0] / groups,
            (x, weight, bias, parts) =>
                place.Rank switch
                {
                    1 => functional.conv1d(x, weight, bias, place.Strides[0], pads[0], place.Dilations[0], parts),
                    2 => functional.conv2d(x, weight, bias, place.Strides, pads, place.Dilations, parts),
                    3 => functional.conv3d(x, weight, bias, place.Strides, pads, place.Dilations, parts),
                    _ => throw new ArgumentException($"a convolution over {place.Rank} dimensions is not supported", nameof(place)),
                }
        );
}
