using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Conv over one, two or three spatial dimensions.</summary>
internal static class Convolution
{
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

    /// <summary>A convolution with the strides and dilations of a place and other pads.</summary>
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
