using Tacit.Graphs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>How the window of a convolution, plain or transposed, or of a pooling moves over the spatial dimensions.</summary>
internal sealed class Window(Attributes attributes)
{
    private readonly long[]? _strides = attributes.Ints("strides");
    private readonly long[]? _dilations = attributes.Ints("dilations");
    private readonly long[]? _pads = attributes.Ints("pads");
    private readonly string _autoPad = attributes.Text("auto_pad", "NOTSET");
    private readonly long[]? _outputPadding = attributes.Ints("output_padding");
    private readonly long[]? _outputShape = attributes.Ints("output_shape");

    /// <summary>Whether the last window may reach beyond the padding.</summary>
    public bool Ceil { get; } = attributes.Int("ceil_mode") != 0;

    /// <summary>The placement on an input of the given sizes (batch, channels, spatial...).</summary>
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

    /// <summary>The placement of a transposed convolution's window; the overflow is what output_padding adds.</summary>
    public Placement Spread(long[] sizes, long[] kernel)
    {
        var rank = kernel.Length;
        var strides = _strides ?? Ones(rank);
        var dilations = _dilations ?? Ones(rank);
        var more = _outputPadding ?? new long[rank];
        var begin = new long[rank];
        var end = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            var whole = (sizes[i + 2] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 + more[i];
            var wanted = _outputShape?[i] ?? (_autoPad is "SAME_UPPER" or "SAME_LOWER" ? sizes[i + 2] * strides[i] : null);
            if (wanted is { } size)
            {
                var total = Math.Max(0, whole - size);
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

    /// <summary>Pads the spatial dimensions with a number; a negative pad crops.</summary>
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

    // The windows that start inside the input or the leading padding count, though they end beyond the trailing padding.
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

/// <summary>A window's place on one input: kernel, steps, padding, and how far the last window reaches beyond it.</summary>
internal sealed record Placement(long[] Kernel, long[] Strides, long[] Dilations, long[] Begin, long[] End, long[] Overflow)
{
    public int Rank => Kernel.Length;

    public bool IsSymmetric => Begin.AsSpan().SequenceEqual(End);

    public bool HasOverflow => Overflow.AsSpan().ContainsAnyExcept(0);

    public bool IsDilated => Dilations.AsSpan().ContainsAnyExcept(1);

    /// <summary>Whether no pad is more than half of the kernel: the most that the pooling functions pad by themselves.</summary>
    public bool IsPaddedByHalfAtMost => !Begin.Where((pad, i) => 2 * pad > Kernel[i]).Any();

    /// <summary>The trailing padding with what the last window reaches beyond it.</summary>
    public long[] EndWithOverflow => [.. End.Zip(Overflow, (end, overflow) => end + overflow)];
}
