using Tacit.Graphs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Describes how the window of a convolution or pooling moves over the spatial dimensions.</summary>
/// <param name="attributes">
/// The attributes <c>strides</c>, <c>dilations</c> (default 1), <c>pads</c> (default 0), <c>auto_pad</c>, <c>ceil_mode</c>,
/// <c>output_padding</c> and <c>output_shape</c>.
/// </param>
internal sealed class Window(Attributes attributes)
{
    private readonly long[]? _strides = attributes.Ints("strides");
    private readonly long[]? _dilations = attributes.Ints("dilations");
    private readonly long[]? _pads = attributes.Ints("pads");
    private readonly string _autoPad = attributes.Text("auto_pad", "NOTSET");
    private readonly long[]? _outputPadding = attributes.Ints("output_padding");
    private readonly long[]? _outputShape = attributes.Ints("output_shape");

    /// <summary>Whether the last window may reach beyond the padding (<c>ceil_mode</c>). Default false.</summary>
    public bool Ceil { get; } = attributes.Int("ceil_mode") != 0;

    /// <summary>Places the window on an input.</summary>
    /// <remarks>
    /// SAME_UPPER and SAME_LOWER choose pads for which the output has the size ceil(size / stride). They differ in the side of an odd pad.
    /// </remarks>
    /// <param name="sizes">The shape of the input (N, C, ...).</param>
    /// <param name="kernel">The size of the window along each spatial dimension.</param>
    public Placement Place(long[] sizes, long[] kernel)
    {
        var rank = kernel.Length;
        var strides = _strides ?? Ones(rank);
        var dilations = _dilations ?? Ones(rank);
        var begin = new long[rank];
        var end = new long[rank];
        var overflow = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            var size = sizes[i + 2];
            var reach = (kernel[i] - 1) * dilations[i] + 1;
            if (_autoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                var total = Math.Max(0, ((size - 1) / strides[i] * strides[i]) + reach - size);
                begin[i] = _autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
                end[i] = total - begin[i];
            }
            else if (_autoPad is not "VALID" && _pads is not null)
            {
                (begin[i], end[i]) = (_pads[i], _pads[i + rank]);
            }

            overflow[i] = Ceil ? Overflow(size, begin[i], end[i], reach, strides[i]) : 0;
        }

        return new Placement(kernel, strides, dilations, begin, end, overflow);
    }

    /// <summary>Places the window of a transposed convolution. The overflow of the result is <c>output_padding</c>.</summary>
    /// <remarks>
    /// If <c>output_shape</c> or SAME padding fixes the output size, the pads are computed from it. An output that is larger than the window
    /// gives is extended at its end.
    /// </remarks>
    /// <param name="sizes">The shape of the input (N, C, ...).</param>
    /// <param name="kernel">The size of the window along each spatial dimension.</param>
    public Placement Spread(long[] sizes, long[] kernel)
    {
        var rank = kernel.Length;
        var strides = _strides ?? Ones(rank);
        var dilations = _dilations ?? Ones(rank);
        var more = _outputPadding?.ToArray() ?? new long[rank];
        var begin = new long[rank];
        var end = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            var whole = (sizes[i + 2] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 + more[i];
            var wanted = _outputShape?[i] ?? (_autoPad is "SAME_UPPER" or "SAME_LOWER" ? sizes[i + 2] * strides[i] : null);
            if (wanted is { } size)
            {
                var total = Math.Max(0, whole - size);
                more[i] += Math.Max(0, size - whole);
                begin[i] = _autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
                end[i] = total - begin[i];
            }
            else if (_autoPad is not "VALID" && _pads is not null)
            {
                (begin[i], end[i]) = (_pads[i], _pads[i + rank]);
            }
        }

        return new Placement(kernel, strides, dilations, begin, end, more);
    }

    /// <summary>Pads the spatial dimensions by a number. Negative pads crop.</summary>
    /// <param name="x">The input (N, C, ...).</param>
    /// <param name="begin">The pad before each spatial dimension.</param>
    /// <param name="end">The pad after each spatial dimension.</param>
    /// <param name="value">The value of new elements.</param>
    public static Tensor Pad(Tensor x, long[] begin, long[] end, double value)
    {
        var pads = new long[begin.Length * 2];
        for (var i = 0; i < begin.Length; i++)
        {
            pads[2 * i] = begin[^(i + 1)];
            pads[2 * i + 1] = end[^(i + 1)];
        }

        return functional.pad(x, pads, value: value);
    }

    private static long[] Ones(int rank)
    {
        var ones = new long[rank];
        Array.Fill(ones, 1);
        return ones;
    }

    /// <summary>Returns the distance by which the last window of ceil_mode extends beyond the padding.</summary>
    /// <remarks>Windows that start within the input or the leading padding count, even if they end beyond the trailing padding.</remarks>
    private static long Overflow(long size, long begin, long end, long reach, long stride)
    {
        var count = (size + begin + end - reach + stride - 1) / stride + 1;
        if ((count - 1) * stride >= size + begin)
        {
            count--;
        }

        return (count - 1) * stride + reach - (size + begin + end);
    }
}

/// <summary>The placement of a window on one input. All arrays have one entry for each spatial dimension.</summary>
/// <param name="Kernel">The sizes of the window.</param>
/// <param name="Strides">The steps between windows.</param>
/// <param name="Dilations">The distances between elements of a window.</param>
/// <param name="Begin">The pads before the input.</param>
/// <param name="End">The pads after the input.</param>
/// <param name="Overflow">
/// The distance by which the last window extends beyond the padding; for a transposed convolution, the additional size of the output.
/// </param>
internal sealed record Placement(long[] Kernel, long[] Strides, long[] Dilations, long[] Begin, long[] End, long[] Overflow)
{
    /// <summary>The number of spatial dimensions.</summary>
    public int Rank => Kernel.Length;

    /// <summary>Whether the pads are the same on both sides, as libtorch requires.</summary>
    public bool IsSymmetric => Begin.AsSpan().SequenceEqual(End);

    /// <summary>Whether a window reaches beyond the padding.</summary>
    public bool HasOverflow => Overflow.AsSpan().ContainsAnyExcept(0);

    /// <summary>Whether a dilation differs from 1. libtorch's average pooling has no dilations.</summary>
    public bool IsDilated => Dilations.AsSpan().ContainsAnyExcept(1);

    /// <summary>Whether no pad is more than half of the window, the limit of libtorch's pooling functions.</summary>
    public bool IsPaddedByHalfAtMost => !Begin.Where((pad, i) => 2 * pad > Kernel[i]).Any();

    /// <summary>The pads after the input, including the overflow.</summary>
    public long[] EndWithOverflow => [.. End.Zip(Overflow, (end, overflow) => end + overflow)];
}
