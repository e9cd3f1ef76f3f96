namespace Tacit.Graphs.Operators;

/// <summary>Computes output sizes for the sliding window of a convolution or pooling.</summary>
/// <remarks>
/// The window has the extent dilation * (kernel - 1) + 1 along each spatial axis. A convolution or pooling over a size s has floor((s +
/// pads - extent) / stride) + 1 positions, with ceil instead of floor when <c>ceil_mode</c> is set. With <c>auto_pad</c> SAME_UPPER or
/// SAME_LOWER it has ceil(s / stride). A transposed convolution gives (s - 1) * stride + extent + output_padding - pads.
/// </remarks>
internal sealed class Window
{
    private readonly OperatorCall _call;
    private readonly long[] _kernel;
    private readonly long[] _strides;
    private readonly long[] _dilations;
    private readonly long[] _pads;
    private readonly string _autoPad;
    private readonly bool _ceil;

    /// <summary>Reads strides, dilations, pads, auto_pad and ceil_mode from the attributes of a node.</summary>
    /// <param name="call">The node.</param>
    /// <param name="kernel">The size of the kernel along each spatial axis.</param>
    /// <exception cref="UnsuitableModelException">An attribute has the wrong length or an invalid value.</exception>
    public Window(OperatorCall call, long[] kernel)
    {
        _call = call;
        _kernel = kernel;
        _strides = Read("strides", 1, kernel.Length);
        _dilations = Read("dilations", 1, kernel.Length);
        _pads = Read("pads", 0, 2 * kernel.Length);
        _autoPad = call.Attributes.Text("auto_pad", "NOTSET");
        _ceil = call.Attributes.Int("ceil_mode") != 0;
        if (_autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
        {
            throw call.Error($"auto_pad {_autoPad} is not known");
        }

        if (kernel.Concat(_strides).Concat(_dilations).Any(size => size < 1))
        {
            throw call.Error("kernel_shape, strides and dilations must be at least 1");
        }
    }

    /// <summary>Returns whether the elements of a node's window are further apart than one place.</summary>
    public static bool IsDilated(Node node) =>
        node.Attributes.Ints("dilations") is { } dilations && dilations.Any(dilation => dilation != 1);

    /// <summary>Returns the number of window positions along each spatial axis.</summary>
    /// <param name="input">The shape of the input (N, C, spatial axes).</param>
    /// <exception cref="UnsuitableModelException">The window is larger than the padded input, or the size cannot be determined.</exception>
    public IEnumerable<Dimension> Slide(Shape input) => _kernel.Select((_, axis) => Slide(input[axis + 2], axis));

    /// <summary>Returns the spatial sizes of the output of a transposed convolution.</summary>
    /// <param name="input">The shape of the input (N, C, spatial axes).</param>
    /// <exception cref="UnsuitableModelException">
    /// An output size would be less than 1.
    /// </exception>
    public IEnumerable<Dimension> Spread(Shape input)
    {
        var more = Read("output_padding", 0, _kernel.Length);
        var stated = _call.Attributes.Has("output_shape") ? Read("output_shape", 0, _kernel.Length) : null;
        return _kernel.Select((_, axis) => Spread(input[axis + 2], axis, more[axis], stated?[axis]));
    }

    private Dimension Spread(Dimension size, int axis, long more, long? stated)
    {
        var extent = checked(_dilations[axis] * (_kernel[axis] - 1) + 1);
        var whole = ((SizeExpression)size - 1) * _strides[axis] + extent + more;
        var same = _autoPad.StartsWith("SAME", StringComparison.Ordinal) ? (SizeExpression)size * _strides[axis] : null;
        if ((stated ?? same) is { } wanted)
        {
            return wanted.ToDimension();
        }

        var pads = _autoPad == "VALID" ? 0 : _pads[axis] + _pads[axis + _kernel.Length];
        return whole - pads is { Constant: < 1 } nothing
            ? throw _call.Error($"axis {axis} of the output would be {nothing}")
            : (whole - pads).ToDimension();
    }

    private Dimension Slide(Dimension size, int axis)
    {
        var (before, after) = (_pads[axis], _pads[axis + _kernel.Length]);
        var (stride, extent) = (_strides[axis], checked(_dilations[axis] * (_kernel[axis] - 1) + 1));
        if (_autoPad.StartsWith("SAME", StringComparison.Ordinal))
        {
            if (_dilations[axis] > 1)
            {
                throw _call.Error($"auto_pad {_autoPad} with dilations is not supported; export with explicit pads");
            }

            return ((SizeExpression)size).DivideUp(stride).ToDimension();
        }

        if (_autoPad == "VALID")
        {
            (before, after) = (0, 0);
        }

        var room = (SizeExpression)size + before + after - extent;
        if (room.Constant is < 0)
        {
            throw _call.Error($"the window of {extent} is larger than the padded input of {size} + {before + after}");
        }

        if (!_ceil)
        {
            return (room.DivideDown(stride) + 1).ToDimension();
        }

        // A last window that would start in the padding after the input is dropped, as in ONNX Runtime and PyTorch.
        var steps = room.DivideUp(stride);
        return steps.Constant is { } last && checked(last * stride) >= size.Size + before ? last
            : steps.Constant is null && after + stride > extent ? throw _call.Undetermined("the size of the output with ceil_mode")
            : (steps + 1).ToDimension();
    }

    private long[] Read(string name, long absent, int count)
    {
        var values = _call.Attributes.Ints(name) ?? [.. Enumerable.Repeat(absent, count)];
        return values.Length == count ? values : throw _call.Error($"{name} must have {count} entries, not {values.Length}");
    }
}
