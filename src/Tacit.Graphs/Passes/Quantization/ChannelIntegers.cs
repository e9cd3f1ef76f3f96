using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Holds a layer's weights and bias as integers, with one scale for each output channel.</summary>
/// <remarks>
/// <para>
/// For the output channel c with the grid scale s, the folded factor f and the bias b, the stored numbers are:
/// </para>
/// <list type="bullet">
/// <item>spread k: the largest integer for which k · q fits the quantiser's largest weight, so low-bit grids fill the byte</item>
/// <item>weight scale: S = s · |f| / k</item>
/// <item>weights: Q = sign(f) · k · q, so that Q · S = f · w for each weight w = q · s on the grid</item>
/// <item>bias: B = round(b / (input scale · S)), held in 32 bits</item>
/// </list>
/// <para>
/// Without the spread, the bias would be coarser at 3 bits than the 8-bit value to which it is added. If a factor near 0 makes B larger
/// than 2^30, S is raised until B fits, and all weights of the channel become 0.
/// </para>
/// </remarks>
/// <param name="Weight">The integers Q as Int8, in the shape of the weights; null if they are packed.</param>
/// <param name="Packed">The integers in packed form; null if each has a byte.</param>
/// <param name="Scale">The scale S of each output channel, Float32 (O). All zero points are 0.</param>
/// <param name="Bias">The bias B of each output channel, Int32 (O).</param>
/// <param name="BiasScale">Input scale times weight scale, Float32 (O). ONNX Runtime requires this scale for an integer kernel.</param>
internal sealed record ChannelIntegers(TensorData? Weight, PackedIntegers? Packed, TensorData Scale, TensorData Bias, TensorData BiasScale)
{
    /// <summary>The largest bias in steps. It leaves the 32-bit accumulator enough room for the products.</summary>
    private const double LargestBias = 1 << 30;

    /// <summary>Quantises each output channel over its own minimum and maximum, then applies the channel's factor to its scale.</summary>
    /// <param name="layer">The layer. Its factors may be negative or 0.</param>
    /// <param name="quantizer">The quantiser of its weights.</param>
    /// <param name="inputScale">The scale of the layer's input.</param>
    /// <param name="storage">
    /// The form of the stored integers. <see cref="WeightStorage.Packed"/> has no effect on layers that would become larger.
    /// </param>
    public static ChannelIntegers Of(FoldedLayer layer, Quantizer quantizer, float inputScale, WeightStorage storage)
    {
        var (weight, factors, bias) = (layer.Weight, layer.Factors, layer.Bias);
        var axis = ChannelAxis.Of(weight, layer.Axis);
        var channels = axis.Count;
        var elements = weight.As<float>();
        var packed = storage == WeightStorage.Packed && PackedIntegers.Pays(elements.Length, quantizer.Bits);
        var grids = quantizer.Over(weight);
        var scales = new float[channels];
        var offsets = new sbyte[channels];
        var multiples = new sbyte[channels];
        var biasScales = new float[channels];
        var biases = new int[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var grid = grids[channel];

            // The same grid with smaller steps. The bias is held in steps of input scale times weight scale. Without the spread, it would
            // be coarser at 3 bits than the 8-bit result to which it is added.
            var spread = quantizer.Spread(grid);
            var scale = (float)(grid.Scale * Math.Abs(factors[channel]) / spread);

            // A factor near 0 disables a channel, and its bias would exceed 32 bits. The channel gets a coarser grid.
            var smallest = (float)Math.Max(Math.Abs(bias[channel]) / (LargestBias * inputScale), 1e-30);
            if (scale < smallest)
            {
                (scale, spread) = (smallest, 0);
            }

            multiples[channel] = (sbyte)(factors[channel] < 0 ? -spread : spread);
            offsets[channel] = (sbyte)(packed ? grid.Lowest : 0);
            scales[channel] = scale;
            biasScales[channel] = inputScale * scale;
            biases[channel] = (int)Math.Round(bias[channel] / biasScales[channel]);
        }

        var quantized = new sbyte[elements.Length];
        for (var i = 0; i < quantized.Length; i++)
        {
            var channel = axis.Channel(i);
            var q = grids[channel].Quantize(elements[i]);
            quantized[i] = (sbyte)(packed ? q - offsets[channel] : q * multiples[channel]);
        }

        var broadcast = weight.Sizes.Select((_, i) => i == layer.Axis ? (long)channels : 1).ToArray();
        return new ChannelIntegers(
            packed ? null : TensorData.Of<sbyte>(quantized, weight.Sizes.AsSpan()),
            packed
                ? PackedIntegers.Of(
                    quantized,
                    quantizer.Bits,
                    weight.Sizes,
                    TensorData.Of<sbyte>(offsets, broadcast),
                    TensorData.Of<sbyte>(multiples, broadcast)
                )
                : null,
            TensorData.Of<float>(scales),
            TensorData.Of<int>(biases),
            TensorData.Of<float>(biasScales)
        );
    }
}
