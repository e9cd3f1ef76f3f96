namespace Tacit.Graphs.Tests.Passes.Quantization;

/// <summary>The 8-bit product of x86 processors without VNNI, computed as their instructions do.</summary>
/// <remarks>
/// vpmaddubsw multiplies unsigned inputs by signed weights and adds two neighbouring products with saturation to 16 bits; the rest
/// is added in 32 bits.
/// </remarks>
internal static class SaturatingKernel
{
    /// <summary>The weights of each output channel of a convolution, (O, C, H, W), in the orders in which they are packed.</summary>
    /// <remarks>
    /// Both take the channels of one position first. One continues directly with the next position, the other pads the channels to a
    /// multiple of four with zeros.
    /// </remarks>
    public static IEnumerable<sbyte[]> Channels(TensorData weight)
    {
        var (outputs, inputs) = ((int)weight.Sizes[0], (int)weight.Sizes[1]);
        var places = (int)(weight.Count / outputs / inputs);
        var elements = weight.As<sbyte>().ToArray();
        foreach (var block in new[] { 1, 4 })
        {
            var width = (inputs + block - 1) / block * block;
            for (var output = 0; output < outputs; output++)
            {
                var channel = new sbyte[places * width];
                for (var place = 0; place < places; place++)
                {
                    for (var input = 0; input < inputs; input++)
                    {
                        channel[place * width + input] = elements[(output * inputs + input) * places + place];
                    }
                }

                yield return channel;
            }
        }
    }

    /// <summary>Inputs with the most extreme sums of pairs, and random inputs.</summary>
    public static IEnumerable<byte[]> HardestInputs(sbyte[] weights, Random random)
    {
        yield return [.. weights.Select(weight => weight > 0 ? byte.MaxValue : (byte)0)];
        yield return [.. weights.Select(weight => weight < 0 ? byte.MaxValue : (byte)0)];
        yield return [.. weights.Select(_ => byte.MaxValue)];
        var bytes = new byte[weights.Length];
        random.NextBytes(bytes);
        yield return bytes;
    }

    public static int Product(byte[] input, sbyte[] weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i += 2)
        {
            var pair = input[i] * weights[i] + (i + 1 < weights.Length ? input[i + 1] * weights[i + 1] : 0);
            sum += Math.Clamp(pair, short.MinValue, short.MaxValue);
        }

        return sum;
    }

    public static int ExactProduct(byte[] input, sbyte[] weights) => input.Zip(weights, (a, b) => a * b).Sum();
}
