namespace Tacit.Graphs.Rewriting;

/// <summary>A layer's weights and bias as integers, with one scale for each output channel.</summary>
/// <param name="Weight">The integers q, Int8; null where they are packed.</param>
/// <param name="Packed">The integers in packed form; null where each has a byte.</param>
/// <param name="Scale">What a step of each channel stands for; the zero point is 0.</param>
/// <param name="Bias">The bias in steps of <paramref name="BiasScale"/>.</param>
/// <param name="BiasScale">Input scale times weight scale.</param>
internal sealed record ChannelIntegers(TensorData? Weight, PackedIntegers? Packed, TensorData Scale, TensorData Bias, TensorData BiasScale)
{
    // A bias of this many steps still leaves the 32-bit accumulator room for the products.
    private const double LargestBias = 1 << 30;

    /// <summary>Quantises each channel over its own minimum and maximum, then applies the channel's factor to its scale.</summary>
    /// <param name="weight">The weights before any factor.</param>
    /// <param name="axis">The axis of the output channels.</param>
    /// <param name="bits">2 to 8.</param>
    /// <param name="largest">The largest magnitude that an integer may have, up to 127.</param>
    /// <param name="factors">What each output channel is multiplied by afterwards (a folded batch norm); may be negative or 0.</param>
    /// <param name="bias">The bias after the factors.</param>
    /// <param name="inputScale">The scale of the layer's input.</param>
    /// <param name="storage">The type of the stored integers.</param>
    public static ChannelIntegers Of(
        TensorData weight,
        int axis,
        int bits,
        int largest,
        double[] factors,
        double[] bias,
        float inputScale,
        WeightStorage storage
    )
    {
        var (outer, channels, inner) = Split(weight, axis);
        var elements = weight.As<float>();
        var packed = storage == WeightStorage.Packed && PackedIntegers.Pays(elements.Length, bits);
        var quantized = new sbyte[elements.Length];
        var scales = new float[channels];
        var offsets = new sbyte[channels];
        var multiples = new sbyte[channels];
        var biasScales = new float[channels];
        var biases = new int[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var grid = GridOf(elements, outer, channels, inner, channel, bits);

            // The same grid in steps as small as the integers can hold: the bias, which is held in steps of input scale times weight
            // scale, would otherwise be coarser at 3 bits than the 8-bit output that it is added to.
            var spread = Math.Max(1, largest / Math.Max(-grid.Lowest, grid.Highest));
            var scale = (float)(grid.Scale * Math.Abs(factors[channel]) / spread);

            // A channel that a factor near 0 has switched off would need a bias beyond 32 bits: a coarser grid serves it.
            var smallest = (float)Math.Max(Math.Abs(bias[channel]) / (LargestBias * inputScale), 1e-30);
            if (scale < smallest)
            {
                (scale, spread) = (smallest, 0);
            }

            multiples[channel] = (sbyte)(factors[channel] < 0 ? -spread : spread);
            offsets[channel] = (sbyte)(packed ? grid.Lowest : 0);
            for (var o = 0; o < outer; o++)
            {
                var start = (o * channels + channel) * inner;
                for (var i = start; i < start + inner; i++)
                {
                    var q = grid.Quantize(elements[i]);
                    quantized[i] = (sbyte)(packed ? q - offsets[channel] : q * multiples[channel]);
                }
            }

            scales[channel] = scale;
            biasScales[channel] = inputScale * scale;
            biases[channel] = (int)Math.Round(bias[channel] / biasScales[channel]);
        }

        var broadcast = weight.Sizes.Select((_, i) => i == axis ? (long)channels : 1).ToArray();
        return new ChannelIntegers(
            packed ? null : TensorData.Of<sbyte>(quantized, weight.Sizes.AsSpan()),
            packed
                ? PackedIntegers.Of(
                    quantized,
                    bits,
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

    private static QuantizationGrid GridOf(ReadOnlySpan<float> elements, int outer, int channels, int inner, int channel, int bits)
    {
        float low = 0,
            high = 0;
        for (var o = 0; o < outer; o++)
        {
            foreach (var element in elements.Slice((o * channels + channel) * inner, inner))
            {
                low = MathF.Min(low, element);
                high = MathF.Max(high, element);
            }
        }

        return bits >= FakeQuantizationInsertion.SymmetricFrom
            ? QuantizationGrid.Symmetric(low, high, bits)
            : QuantizationGrid.Over(low, high, bits);
    }

    private static (int Outer, int Channels, int Inner) Split(TensorData weight, int axis)
    {
        var sizes = weight.Sizes;
        return (
            (int)sizes.Take(axis).Aggregate(1L, (a, b) => a * b),
            (int)sizes[axis],
            (int)sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b)
        );
    }
}
