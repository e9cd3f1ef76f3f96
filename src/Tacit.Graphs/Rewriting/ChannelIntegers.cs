namespace Tacit.Graphs.Rewriting;

/// <summary>A layer's weights and bias as integers, with one scale and zero point for each output channel.</summary>
internal sealed record ChannelIntegers(TensorData Weight, TensorData Scale, TensorData ZeroPoint, TensorData Bias, TensorData BiasScale)
{
    // A bias of this many steps still leaves the 32-bit accumulator room for the products.
    private const double LargestBias = 1 << 30;

    /// <summary>Quantises each channel over its own minimum and maximum, then applies the channel's factor to its scale.</summary>
    /// <param name="weight">The weights before any factor.</param>
    /// <param name="axis">The axis of the output channels.</param>
    /// <param name="bits">2 to 8.</param>
    /// <param name="factors">What each output channel is multiplied by afterwards (a folded batch norm); may be negative or 0.</param>
    /// <param name="bias">The bias after the factors.</param>
    /// <param name="inputScale">The scale of the layer's input.</param>
    /// <param name="storage">The type of the stored integers.</param>
    public static ChannelIntegers Of(
        TensorData weight, int axis, int bits, double[] factors, double[] bias, float inputScale, WeightStorage storage)
    {
        var (outer, channels, inner) = Split(weight, axis);
        var elements = weight.As<float>();
        var packed = storage == WeightStorage.Int4 && bits <= 4;
        var quantized = new sbyte[elements.Length];
        var scales = new float[channels];
        var zeroPoints = new sbyte[channels];
        var biasScales = new float[channels];
        var biases = new int[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var grid = GridOf(elements, outer, channels, inner, channel, bits);

            // The same grid in steps as small as the type can hold: the bias, which is held in steps of input scale times weight
            // scale, would otherwise be coarser at 3 bits than the 8-bit output that it is added to.
            var spread = Math.Max(1, (packed ? 15 : storage == WeightStorage.Int7 ? 63 : 127) / grid.Levels);
            var scale = (float)(grid.Scale * Math.Abs(factors[channel]) / spread);

            // A channel that a factor near 0 has switched off would need a bias beyond 32 bits: a coarser grid serves it.
            var smallest = (float)Math.Max(Math.Abs(bias[channel]) / (LargestBias * inputScale), 1e-30);
            var shrink = scale < smallest ? scale / smallest : 1;
            scale = Math.Max(scale, smallest);

            // Up to 7 bits q itself fits a signed byte, and a zero point of 0 suits every runtime. The full range of a type needs a shift.
            int? shift = packed ? grid.Lowest * spread + 8
                : bits == 8 ? grid.Lowest + 128
                : bits == 7 && storage == WeightStorage.Int7 ? grid.Lowest + 64
                : null;
            for (var o = 0; o < outer; o++)
            {
                var start = (o * channels + channel) * inner;
                for (var i = start; i < start + inner; i++)
                {
                    var q = grid.Quantize(elements[i]) * spread;
                    quantized[i] = Stored(shrink < 1 ? (int)MathF.Round(q * shrink) : q, shift, factors[channel] < 0);
                }
            }

            scales[channel] = scale;
            zeroPoints[channel] = Stored(0, shift, factors[channel] < 0);
            biasScales[channel] = inputScale * scale;
            biases[channel] = (int)Math.Round(bias[channel] / biasScales[channel]);
        }

        return new ChannelIntegers(
            packed ? new TensorData(ElementType.Int4, weight.Sizes.AsSpan(), Pack(quantized)) : TensorData.Of<sbyte>(quantized, weight.Sizes.AsSpan()),
            TensorData.Of<float>(scales),
            TensorData.Of<sbyte>(zeroPoints),
            TensorData.Of<int>(biases),
            TensorData.Of<float>(biasScales));
    }

    /// <summary>The weights multiplied by their channel's factor, in float.</summary>
    public static TensorData Scaled(TensorData weight, int axis, double[] factors)
    {
        var (_, channels, inner) = Split(weight, axis);
        var elements = weight.As<float>();
        var scaled = new float[elements.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = (float)(elements[i] * factors[i / inner % channels]);
        }

        return TensorData.Of<float>(scaled, weight.Sizes.AsSpan());
    }

    // Negating q is exact as -q about a zero point of 0, and as the complement -1 - q about a shifted one.
    private static sbyte Stored(int q, int? shift, bool negated) => (sbyte)(shift switch
    {
        null => negated ? -q : q,
        { } by => negated ? -1 - (q - by) : q - by,
    });

    private static QuantizationGrid GridOf(ReadOnlySpan<float> elements, int outer, int channels, int inner, int channel, int bits)
    {
        float low = 0, high = 0;
        for (var o = 0; o < outer; o++)
        {
            foreach (var element in elements.Slice((o * channels + channel) * inner, inner))
            {
                low = MathF.Min(low, element);
                high = MathF.Max(high, element);
            }
        }

        return QuantizationGrid.Over(low, high, bits);
    }

    private static (int Outer, int Channels, int Inner) Split(TensorData weight, int axis)
    {
        var sizes = weight.Sizes;
        return ((int)sizes.Take(axis).Aggregate(1L, (a, b) => a * b), (int)sizes[axis], (int)sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b));
    }

    private static byte[] Pack(sbyte[] values)
    {
        var packed = new byte[(values.Length + 1) / 2];
        for (var i = 0; i < values.Length; i++)
        {
            packed[i / 2] |= (byte)((values[i] & 0xF) << (i % 2 * 4));
        }

        return packed;
    }
}
