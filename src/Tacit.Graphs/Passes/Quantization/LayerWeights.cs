using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>The weights of a layer, with the input channel that each reads and the output channel that it belongs to.</summary>
internal sealed class LayerWeights
{
    private readonly Node _layer;
    private readonly int _groups;

    /// <summary>Reads the weights of a layer.</summary>
    /// <param name="layer">A Conv, or a Gemm or MatMul with a matrix, whose weights are an initializer.</param>
    /// <param name="model">The network.</param>
    public LayerWeights(Node layer, Model model)
    {
        var tensor = model.Weights[layer.Inputs[1]];
        (_layer, Data, Sizes) = (layer, tensor.As<float>().ToArray(), [.. tensor.Sizes]);
        _groups = layer.Operator == "Conv" ? (int)layer.Attributes.Int("group", 1) : 1;
    }

    /// <summary>The weights in row-major order. They can be changed.</summary>
    public float[] Data { get; }

    /// <summary>The sizes of the weights.</summary>
    public long[] Sizes { get; }

    private bool IsTransposed => _layer.Operator == "MatMul" || (_layer.Operator == "Gemm" && _layer.Attributes.Int("transB") == 0);

    /// <summary>The number of output channels.</summary>
    public int Outputs => (int)Sizes[IsTransposed ? 1 : 0];

    /// <summary>The number of input channels.</summary>
    public int Channels => (int)Sizes[IsTransposed ? 0 : 1] * _groups;

    /// <summary>Returns the largest weight that reads each channel, relative to the largest of the same output channel.</summary>
    public double[] Shares()
    {
        var shares = new double[Channels];
        var most = new double[Outputs];
        ForEach((index, output, _) => most[output] = Math.Max(most[output], Math.Abs(Data[index])));
        ForEach(
            (index, output, channel) =>
                shares[channel] = Math.Max(shares[channel], most[output] > 0 ? Math.Abs(Data[index]) / most[output] : 0)
        );
        return shares;
    }

    /// <summary>Returns the noise of rounding at the results of the layer, summed over the output channels.</summary>
    /// <param name="factors">The factor of each channel of the input.</param>
    /// <param name="sizes">The channels of the input before they are multiplied by the factors.</param>
    /// <param name="step">The step of the input's grid.</param>
    /// <param name="largest">The largest integer of a weight.</param>
    public double Noise(double[] factors, ImmutableArray<ChannelStatistics> sizes, double step, int largest)
    {
        var (ofActivations, most, power) = (0.0, new double[Outputs], new double[Outputs]);
        ForEach(
            (index, output, channel) =>
            {
                var weight = Data[index] / factors[channel];
                ofActivations += weight * weight;
                most[output] = Math.Max(most[output], Math.Abs(weight));
                power[output] += factors[channel] * factors[channel] * sizes[channel].MeanSquare;
            }
        );
        return (step * step * ofActivations + most.Zip(power, (weight, square) => weight / largest * (weight / largest) * square).Sum())
            / 12;
    }

    /// <summary>Calls a function with the index, the output channel and the input channel of each weight.</summary>
    public void ForEach(Action<int, int, int> visit)
    {
        var columns = (int)Sizes[1]; // (O, C / groups, ...), or (C, O)
        var window = Data.Length / (int)(Sizes[0] * columns);
        var rowsOfGroup = (int)Sizes[0] / _groups;
        for (var index = 0; index < Data.Length; index++)
        {
            var (row, column) = (index / (columns * window), index / window % columns);
            visit(index, IsTransposed ? column : row, IsTransposed ? row : row / rowsOfGroup * columns + column);
        }
    }
}
