using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Turns axes of a convolution's window into channels if its input has few channels.</summary>
/// <remarks>
/// <para>
/// For every output position and every position of the window, an integer kernel gathers the channels at one input position. A colour clip
/// has 3 of them. With a window of 7 x 7 x 7, the kernel gathers 3 bytes 343 times, which takes longer than the products.
/// </para>
/// <para>
/// This rewrite concatenates shifted copies of the input along the channels, first for the width, then for the height, until there are at
/// least 24 channels. The remaining window has size 1 along these axes. The products and their sums are the same integers, so the pass is
/// exact.
/// </para>
/// <para>
/// It applies to clips, (N, C, T, H, W), and to convolutions without groups and with explicit pads. The measured gain is in docs/hast.md.
/// </para>
/// </remarks>
/// <example>
/// The first layer of R3D has 3 channels, a window of 7 x 7 x 7 and strides 1, 2, 2. It becomes a convolution over 147 channels at half the
/// width and height with a window of 7 x 1 x 1 and strides 1, 1, 1.
/// </example>
internal sealed record Im2Col
{
    /// <summary>The number of channels from which a gather is worth its cost.</summary>
    /// <remarks>
    /// Measured on the first layers of R3D, C3D and R(2+1)D in ONNX Runtime 1.31; see bench/results/video-quantization.md.
    /// </remarks>
    private const int ChannelsEnough = 24;

    private readonly Node _conv;
    private readonly ImmutableArray<int> _axes; // of the input, the innermost first
    private readonly ImmutableArray<long> _sizes; // of the input
    private readonly ImmutableArray<long> _kernel;
    private readonly ImmutableArray<long> _strides;
    private readonly ImmutableArray<long> _dilations;
    private readonly ImmutableArray<long> _pads;

    private Im2Col(Node conv, Shape input, TensorData weight)
    {
        var rank = input.Rank - 2;
        _conv = conv;
        _sizes = [.. input.Select(size => size.IsKnown ? size.Size : 0)];
        _kernel = [.. weight.Sizes[2..]];
        _strides = [.. conv.Attributes.Ints("strides") is { Length: > 0 } strides ? strides : Enumerable.Repeat(1L, rank)];
        _dilations = [.. conv.Attributes.Ints("dilations") is { Length: > 0 } dilations ? dilations : Enumerable.Repeat(1L, rank)];
        _pads = [.. conv.Attributes.Ints("pads") is { Length: > 0 } pads ? pads : Enumerable.Repeat(0L, 2 * rank)];
        _axes = [.. Axes(weight.Sizes[1])];
    }

    /// <summary>Plans the unfolding of a convolution.</summary>
    /// <param name="conv">Any node; only a Conv can be unfolded.</param>
    /// <param name="input">The shape of its input, (N, C, T, H, W).</param>
    /// <param name="weight">Its weights, (O, C, T, H, W).</param>
    /// <returns>
    /// The plan; null if the convolution has enough channels, is not on clips, has groups or automatic pads, or if the size of its input is
    /// unknown.
    /// </returns>
    public static Im2Col? Of(Node conv, Shape input, TensorData weight)
    {
        if (
            conv.Operator != "Conv"
            || conv.Attributes.Int("group", 1) != 1
            || conv.Attributes.Text("auto_pad", "NOTSET") != "NOTSET"
            || input.Rank != 5
        )
        {
            return null;
        }

        var unfolding = new Im2Col(conv, input, weight);
        return unfolding._axes.IsEmpty ? null : unfolding;
    }

    /// <summary>
    /// The attributes of the convolution that reads the unfolded input: window, stride and dilation 1 and no pads along the unfolded axes.
    /// </summary>
    public Attributes Attributes =>
        _conv
            .Attributes.With("kernel_shape", [.. Left(_kernel, 1)])
            .With("strides", [.. Left(_strides, 1)])
            .With("dilations", [.. Left(_dilations, 1)])
            .With("pads", [.. _pads.Select((pad, place) => _axes.Contains(place % _kernel.Length + 2) ? 0 : pad)]);

    /// <summary>Rearranges the weights: (O, C, T, H, W) becomes (O, H · W · C, T, 1, 1) if height and width are unfolded.</summary>
    /// <param name="weight">The weights in their original shape.</param>
    public TensorData Weight(TensorData weight)
    {
        foreach (var axis in _axes)
        {
            // The unfolded axis moves before the channels and is merged with them: index = place · C + channel.
            int[] order = [0, axis, .. Enumerable.Range(1, weight.Sizes.Length - 1).Where(other => other != axis)];
            long[] sizes = [.. weight.Sizes];
            (sizes[1], sizes[axis]) = (sizes[1] * sizes[axis], 1);
            weight = weight.Transpose(order).Reshape(sizes);
        }

        return weight;
    }

    /// <summary>Adds the nodes that unfold the input: a Pad, and for each axis Slices and a Concat.</summary>
    /// <param name="builder">The network that receives the nodes.</param>
    /// <param name="input">The name of the input as unsigned integers.</param>
    /// <param name="zero">The zero point, by which the Pad fills.</param>
    /// <returns>The name of the unfolded value.</returns>
    public string Apply(GraphBuilder builder, string input, byte zero)
    {
        var name = _conv.Output + ".unfolded";
        var value = Padded(builder, input, zero, name);
        foreach (var axis in _axes)
        {
            var (window, stride, dilation) = (_kernel[axis - 2], _strides[axis - 2], _dilations[axis - 2]);
            var steps = (Padded(axis) - dilation * (window - 1) - 1) / stride; // from the first place of the result to the last
            var along = builder.Constant($"{name}.axis{axis}", axis);
            string[] shifted = new string[window];
            var phases = Phases(builder, value, axis, along, name);
            for (var place = 0; place < window; place++)
            {
                var (first, phase) = Math.DivRem(place * dilation, stride);
                shifted[place] = builder.Add(
                    "Slice",
                    [phases[phase], builder.Constant($"{name}.start", first), builder.Constant($"{name}.end", first + steps + 1), along],
                    name: $"{name}.shifted"
                );
            }

            value = builder.Add("Concat", shifted, Attributes.None.With("axis", 1), name);
        }

        return value;
    }

    /// <summary>Returns the elements at positions 0, s, 2s, ...; 1, 1 + s, ...; and so on, for the stride s.</summary>
    /// <remarks>All shifts of the window are then contiguous slices of these, which is faster than strided slices of the input.</remarks>
    private string[] Phases(GraphBuilder builder, string value, int axis, string along, string name)
    {
        var stride = _strides[axis - 2];
        if (stride == 1)
        {
            return [value];
        }

        var (end, by) = (builder.Constant($"{name}.size{axis}", Padded(axis)), builder.Constant($"{name}.stride{axis}", stride));
        return
        [
            .. Enumerable
                .Range(0, (int)stride)
                .Select(first =>
                    builder.Add("Slice", [value, builder.Constant($"{name}.first", first), end, along, by], name: $"{name}.phase")
                ),
        ];
    }

    private string Padded(GraphBuilder builder, string input, byte zero, string name)
    {
        var rank = _kernel.Length;
        long[] pads = [0, 0, .. _pads.Take(rank), 0, 0, .. _pads.Skip(rank)];
        for (var place = 0; place < pads.Length; place++)
        {
            pads[place] = _axes.Contains(place % (rank + 2)) ? pads[place] : 0;
        }

        return pads.All(pad => pad == 0)
            ? input
            : builder.Add(
                "Pad",
                [
                    input,
                    builder.Constant($"{name}.pads", pads),
                    builder.Initializer($"{name}.zero", TensorData.Scalar(zero), WeightRole.Statistic),
                ],
                name: $"{name}.padded"
            );
    }

    /// <summary>Returns the size of an axis including its pads.</summary>
    private long Padded(int axis) => _sizes[axis] + _pads[axis - 2] + _pads[axis - 2 + _kernel.Length];

    /// <summary>Selects the axes to unfold, from the last one on, until there are enough channels. The first spatial axis stays.</summary>
    private IEnumerable<int> Axes(long channels)
    {
        for (var axis = _sizes.Length - 1; axis > 2 && channels < ChannelsEnough; axis--)
        {
            if (_sizes[axis] == 0)
            {
                yield break;
            }

            if (_kernel[axis - 2] > 1)
            {
                channels *= _kernel[axis - 2];
                yield return axis;
            }
        }
    }

    /// <summary>Replaces the values of unfolded axes.</summary>
    private IEnumerable<long> Left(ImmutableArray<long> values, long unfolded) =>
        values.Select((value, place) => _axes.Contains(place + 2) ? unfolded : value);
}
