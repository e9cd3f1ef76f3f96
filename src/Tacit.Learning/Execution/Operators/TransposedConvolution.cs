using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes ConvTranspose over one, two or three spatial dimensions.</summary>
internal static class TransposedConvolution
{
    /// <summary>ConvTranspose: x (N, C, ...), weights (C, O / group, ...), bias (O, optional) → (N, O, ...).</summary>
    /// <remarks>
    /// The output size is (size - 1) · stride + (kernel - 1) · dilation + 1 + output_padding - pads. If libtorch cannot express the pads,
    /// the whole output is computed and then cut or extended by zeros, before the bias is added.
    /// </remarks>
    public static Kernel Compile(NodeSource source)
    {
        var window = new Window(source.Attributes);
        var groups = source.Attributes.Int("group", 1);
        return x =>
        {
            var place = window.Spread(x[0].shape, x[1].shape[2..]);
            if (place.IsSymmetric && place.Overflow.Zip(place.Strides, (more, stride) => more < stride).All(fits => fits))
            {
                return [Convolve(x[0], x[1], x.OrNull(2), place, place.Begin, place.Overflow, groups)];
            }

            // Compute the whole output, then cut it by the pads, or extend it by zeros where output_padding exceeds it.
            using var whole = Convolve(x[0], x[1], null, place, new long[place.Rank], new long[place.Rank], groups);
            var cut = Window.Pad(
                whole,
                [.. place.Begin.Select(pad => -pad)],
                [.. place.End.Zip(place.Overflow, (pad, more) => more - pad)],
                0
            );
            if (x.OrNull(2) is not { } bias)
            {
                return [cut];
            }

            using var unbiased = cut;
            using var column = bias.reshape([-1, .. Enumerable.Repeat(1L, place.Rank)]);
            return [unbiased + column];
        };
    }

    private static Tensor Convolve(Tensor input, Tensor kernel, Tensor? offset, Placement place, long[] pads, long[] more, long groups) =>
        ChannelBlocks.Convolve(
            input,
            kernel,
            offset,
            groups,
            kernel.shape[1],
            (x, weight, bias, parts) =>
                place.Rank switch
                {
                    1 => functional.conv_transpose1d(x, weight, bias, place.Strides[0], pads[0], more[0], place.Dilations[0], parts),
                    2 => functional.conv_transpose2d(x, weight, bias, place.Strides, pads, more, place.Dilations, parts),
                    3 => functional.conv_transpose3d(x, weight, bias, place.Strides, pads, more, place.Dilations, parts),
                    _ => throw new ArgumentException(
                        $"a transposed convolution over {place.Rank} dimensions is not supported",
                        nameof(place)
                    ),
                }
        );
}
