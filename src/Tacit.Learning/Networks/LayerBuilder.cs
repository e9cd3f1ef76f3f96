using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Adds layers with random weights to a graph. Every weight has a random stream of its own, named after it.</summary>
/// <remarks>
/// Weights are named as in the state of a torch module: "{layer}.weight", "{norm}.running_mean". Weights are drawn as in He et
/// al. 2015 (normal, variance 2 / inputs), biases start at 0, batch norms at scale 1 and shift 0.
/// </remarks>
internal sealed class LayerBuilder(string name, ulong seed)
{
    public GraphBuilder Graph { get; init; } = new(name);

    /// <summary>The number of spatial axes: 2 for images, 3 for videos.</summary>
    public int Axes { get; init; } = 2;

    /// <summary>What batch norms add to a variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The share of a running statistic that a batch leaves as it is: 1 - torch's momentum.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>The input "input", N x 3 x size x size.</summary>
    /// <param name="size">The height and width, in pixels.</param>
    /// <param name="least">The smallest that the network can take: what its strides multiply to.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is too small.</exception>
    public string Images(int size, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, least);
        return Graph.Input("input", new Shape("N", 3, size, size));
    }

    /// <summary>The input "input", N x 3 x frames x size x size.</summary>
    public string Videos(int frames, int size) => Graph.Input("input", new Shape("N", 3, frames, size, size));

    /// <summary>The network that ends in one number for each channel.</summary>
    /// <param name="features">N x channels.</param>
    /// <param name="channels">The number of channels.</param>
    /// <returns>The network, its output that of <paramref name="features"/>.</returns>
    public Model Encoder(string features, int channels)
    {
        Graph.Output(features, new Shape("N", channels));
        return Graph.Build();
    }

    /// <summary>The network that ends in a linear layer over one number for each channel.</summary>
    /// <param name="linear">The name of the linear layer.</param>
    /// <param name="features">N x inputs.</param>
    /// <param name="inputs">The number of channels.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>The network, its output "logits", N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is not positive.</exception>
    public Model Classifier(string linear, string features, int inputs, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Graph.Output(Linear(linear, "logits", features, inputs, classes), new Shape("N", classes));
        return Graph.Build();
    }

    /// <summary>A convolution that keeps the size but for its stride.</summary>
    public string Conv(
        string name,
        string input,
        int inputs,
        int outputs,
        Extent kernel,
        Extent? stride = null,
        int groups = 1,
        bool bias = false
    )
    {
        var weight = KaimingNormal($"{name}.weight", [outputs, inputs / groups, .. kernel.Along(Axes)]);
        string[] operands = [input, Graph.Initializer($"{name}.weight", weight)];
        if (bias)
        {
            operands = [.. operands, Graph.Initializer($"{name}.bias", Filled(outputs, 0))];
        }

        var attributes = Window(kernel, stride ?? 1, kernel.Half);
        return Graph.Add("Conv", operands, groups == 1 ? attributes : attributes.With("group", groups), name);
    }

    /// <summary>A batch norm.</summary>
    public string Norm(string name, string input, int channels) =>
        Graph.Add(
            "BatchNormalization",
            [
                input,
                Graph.Initializer($"{name}.weight", Filled(channels, 1)),
                Graph.Initializer($"{name}.bias", Filled(channels, 0)),
                Graph.Initializer($"{name}.running_mean", Filled(channels, 0), WeightRole.Statistic),
                Graph.Initializer($"{name}.running_var", Filled(channels, 1), WeightRole.Statistic),
            ],
            Attributes.None.With("epsilon", Epsilon).With("momentum", Momentum),
            name
        );

    /// <summary>A convolution without bias that keeps the size but for its stride, and a batch norm.</summary>
    public string ConvNorm(
        string conv,
        string norm,
        string input,
        int inputs,
        int outputs,
        Extent kernel,
        Extent? stride = null,
        int groups = 1
    ) => Norm(norm, Conv(conv, input, inputs, outputs, kernel, stride, groups), outputs);

    public string Relu(string name, string input) => Graph.Add("Relu", [input], name: name);

    /// <summary>Between 0 and 6 (Howard et al. 2017).</summary>
    public string Relu6(string name, string input)
    {
        var lowest = Graph.Initializer($"{name}.lowest", TensorData.Scalar(0f), WeightRole.Constant);
        var highest = Graph.Initializer($"{name}.highest", TensorData.Scalar(6f), WeightRole.Constant);
        return Graph.Add("Clip", [input, lowest, highest], name: name);
    }

    /// <summary>x times its hard sigmoid (Howard et al. 2019).</summary>
    /// <remarks>As two operators, not as ONNX's HardSwish, so that the gate can be quantised: both have integer kernels.</remarks>
    public string HardSwish(string name, string input) => Graph.Add("Mul", [input, HardSigmoid($"{name}.gate", input)], name: name);

    /// <summary>A sigmoid made of lines: x / 6 + 1/2 between 0 and 1.</summary>
    public string HardSigmoid(string name, string input) =>
        Graph.Add("HardSigmoid", [input], Attributes.None.With("alpha", 1f / 6).With("beta", 0.5f), name);

    public string Sigmoid(string name, string input) => Graph.Add("Sigmoid", [input], name: name);

    /// <summary>x times its sigmoid, also called swish (Ramachandran et al. 2017).</summary>
    public string Silu(string name, string input) => Graph.Add("Mul", [input, Sigmoid($"{name}.sigmoid", input)], name: name);

    /// <summary>Channels weighted by what two small layers make of their means (Hu et al. 2018).</summary>
    /// <param name="name">The name of the layers: "{name}.fc1" and "{name}.fc2".</param>
    /// <param name="input">N x channels x H x W.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="squeezed">The number of channels between the two layers.</param>
    /// <param name="activation">The function between the two layers, given its name and input.</param>
    /// <param name="gate">The function after them, to [0, 1].</param>
    public string SqueezeExcitation(
        string name,
        string input,
        int channels,
        int squeezed,
        Func<string, string, string> activation,
        Func<string, string, string> gate
    )
    {
        var value = Graph.Add("GlobalAveragePool", [input], name: $"{name}.avgpool");
        value = activation($"{name}.activation", Conv($"{name}.fc1", value, channels, squeezed, kernel: 1, bias: true));
        value = gate($"{name}.gate", Conv($"{name}.fc2", value, squeezed, channels, kernel: 1, bias: true));
        return Graph.Add("Mul", [value, input], name: name);
    }

    public string MaxPool(string name, string input, Extent kernel, Extent stride, Extent pad) =>
        Graph.Add("MaxPool", [input], Window(kernel, stride, pad), name);

    public string AveragePool(string name, string input, int kernel) => Graph.Add("AveragePool", [input], Window(kernel, kernel, 0), name);

    /// <summary>The mean of each channel, "features": N x channels.</summary>
    public string Features(string input)
    {
        var pooled = Graph.Add("GlobalAveragePool", [input], name: "pool");
        return Graph.Add("Flatten", [pooled], Attributes.None.With("axis", 1), "features");
    }

    /// <summary>A linear layer with a bias that starts at zero.</summary>
    public string Linear(string name, string output, string input, int inputs, int outputs)
    {
        var weight = Graph.Initializer($"{name}.weight", KaimingNormal($"{name}.weight", outputs, inputs));
        var bias = Graph.Initializer($"{name}.bias", Filled(outputs, 0));
        return Graph.Add("Gemm", [input, weight, bias], Attributes.None.With("transB", 1), output);
    }

    private Attributes Window(Extent kernel, Extent stride, Extent pad) =>
        Attributes
            .None.With("kernel_shape", [.. kernel.Along(Axes)])
            .With("strides", [.. stride.Along(Axes)])
            .With("pads", [.. pad.Along(Axes), .. pad.Along(Axes)]);

    private TensorData KaimingNormal(string name, params ReadOnlySpan<long> sizes) =>
        InitialWeights.KaimingNormal(seed, name, sizes, InitialWeights.Count(sizes[1..]));

    private static TensorData Filled(int count, float value) => InitialWeights.Filled([count], value);
}
