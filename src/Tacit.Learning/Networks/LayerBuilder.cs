using Tacit.Graphs;
using Tacit.Learning.Training;

namespace Tacit.Learning.Networks;

/// <summary>Adds layers with random weights to a graph. Every weight has a random stream of its own, named after it.</summary>
internal sealed class LayerBuilder(GraphBuilder graph, ulong seed)
{
    public GraphBuilder Graph { get; } = graph;

    /// <summary>A convolution without bias that keeps the size but for its stride, and a batch norm.</summary>
    public string ConvNorm(string conv, string norm, string input, int inputs, int outputs, int kernel, int stride = 1)
    {
        var weight = Graph.Initializer($"{conv}.weight", KaimingNormal($"{conv}.weight", outputs, inputs, kernel, kernel));
        var pad = kernel / 2;
        var attributes = Attributes.None
            .With("kernel_shape", [kernel, kernel])
            .With("strides", [stride, stride])
            .With("pads", [pad, pad, pad, pad]);
        var value = Graph.Add("Conv", [input, weight], attributes, conv);
        return Graph.Add(
            "BatchNormalization",
            [
                value,
                Graph.Initializer($"{norm}.weight", Filled(outputs, 1)),
                Graph.Initializer($"{norm}.bias", Filled(outputs, 0)),
                Graph.Initializer($"{norm}.running_mean", Filled(outputs, 0), WeightRole.Statistic),
                Graph.Initializer($"{norm}.running_var", Filled(outputs, 1), WeightRole.Statistic),
            ],
            Attributes.None.With("epsilon", 1e-5f).With("momentum", 0.9f),
            norm);
    }

    public string Relu(string name, string input) => Graph.Add("Relu", [input], name: name);

    /// <summary>A linear layer with a bias that starts at zero.</summary>
    public string Linear(string name, string output, string input, int inputs, int outputs)
    {
        var weight = Graph.Initializer($"{name}.weight", KaimingNormal($"{name}.weight", outputs, inputs));
        var bias = Graph.Initializer($"{name}.bias", Filled(outputs, 0));
        return Graph.Add("Gemm", [input, weight, bias], Attributes.None.With("transB", 1), output);
    }

    // He et al. 2015: variance 2 / inputs of one output.
    private TensorData KaimingNormal(string name, params ReadOnlySpan<long> sizes)
    {
        var inputs = 1L;
        foreach (var size in sizes[1..])
        {
            inputs *= size;
        }

        var values = new float[sizes[0] * inputs];
        new RandomStream(seed, $"initial weights/{name}").FillGaussian(values);
        var deviation = (float)Math.Sqrt(2.0 / inputs);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= deviation;
        }

        return TensorData.Of<float>(values, sizes);
    }

    private static TensorData Filled(int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return TensorData.Of<float>(values);
    }
}
