using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Adds layers with random weights to a graph.</summary>
/// <remarks>
/// Weights have the names of a PyTorch module's state: "{layer}.weight", "{norm}.running_mean". Published checkpoints therefore load by
/// name. See <see cref="InitialWeights"/> for the distributions. All methods return the name of the value that the layer gives.
/// </remarks>
/// <param name="name">The name of the graph.</param>
/// <param name="seed">The seed of the weights.</param>
internal sealed class LayerBuilder(string name, ulong seed)
{
    /// <summary>The graph under construction, for nodes that have no method here.</summary>
    public GraphBuilder Graph { get; init; } = new(name);

    /// <summary>The number of spatial axes: 2 for images, 3 for videos. Default 2.</summary>
    public int Axes { get; init; } = 2;

    /// <summary>The number that batch norms add to the variance. Default 1e-5, as in PyTorch.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>
    /// The share of a running statistic that remains after a batch, as ONNX defines it: 1 - PyTorch's momentum. Default 0.9.
    /// </summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Adds the input "input", (N, 3, size, size).</summary>
    /// <param name="size">The height and width in pixels.</param>
    /// <param name="least">The smallest supported size: the product of the network's strides.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is less than <paramref name="least"/>.</exception>
    public string Images(int size, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, least);
        return Graph.Input("input", new Shape("N", 3, size, size));
    }

    /// <summary>Adds the input "input", (N, 3, frames, size, size).</summary>
    public string Videos(int frames, int size) => Graph.Input("input", new Shape("N", 3, frames, size, size));

    /// <summary>Completes the network with the features as its output.</summary>
    /// <param name="features">The name of the features, (N, channels).</param>
    /// <param name="channels">The number of features.</param>
    /// <returns>The network. Its output has the name of <paramref name="features"/>.</returns>
    public Model Encoder(string features, int channels)
    {
        Graph.Output(features, new Shape("N", channels));
        return Graph.Build();
    }

    /// <summary>Completes the network with a linear layer on the features.</summary>
    /// <param name="linear">The name of the linear layer.</param>
    /// <param name="features">The name of the features, (N, inputs).</param>
    /// <param name="inputs">The number of features.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <returns>The network. Its output is "logits", (N, classes).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is not positive.</exception>
    public Model Classifier(string linear, string features, int inputs, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Graph.Output(Linear(linear, "logits", features, inputs, classes), new Shape("N", classes));
        return Graph.Build();
    }

    /// <summary>Adds a convolution with pads of half of the kernel: an odd kernel divides the size by the stride, rounded up.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="input">The name of the input, (N, inputs, ...).</param>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The size of the window.</param>
    /// <param name="stride">The stride; null for 1.</param>
    /// <param name="groups">The number of groups. Default 1; the number of inputs makes it depth-wise.</param>
    /// <param name="bias">
    /// Whether the layer has a bias, which starts at 0. Default false, because most convolutions precede a batch norm.
    /// </param>
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

    /// <summary>Adds a batch norm over <paramref name="channels"/> channels.</summary>
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

    /// <summary>Adds a convolution without a bias and a batch norm. See <see cref="Conv"/> for the parameters.</summary>
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

    /// <summary>Adds max(x, 0).</summary>
    public string Relu(string name, string input) => Graph.Add("Relu", [input], name: name);

    /// <summary>Adds min(max(x, 0), 6) as a Clip (Howard et al. 2017, MobileNets).</summary>
    public string Relu6(string name, string input)
    {
        var lowest = Graph.Initializer($"{name}.lowest", TensorData.Scalar(0f), WeightRole.Constant);
        var highest = Graph.Initializer($"{name}.highest", TensorData.Scalar(6f), WeightRole.Constant);
        return Graph.Add("Clip", [input, lowest, highest], name: name);
    }

    /// <summary>Adds x · hard-sigmoid(x) (Howard et al. 2019, MobileNetV3).</summary>
    /// <remarks>
    /// It consists of HardSigmoid and Mul instead of ONNX's HardSwish, so that the gate can be quantised. Both operators have integer
    /// kernels.
    /// </remarks>
    public string HardSwish(string name, string input) => Graph.Add("Mul", [input, HardSigmoid($"{name}.gate", input)], name: name);

    /// <summary>Adds clamp(x / 6 + 1 / 2, 0, 1).</summary>
    public string HardSigmoid(string name, string input) =>
        Graph.Add("HardSigmoid", [input], Attributes.None.With("alpha", 1f / 6).With("beta", 0.5f), name);

    /// <summary>Adds 1 / (1 + exp(-x)).</summary>
    public string Sigmoid(string name, string input) => Graph.Add("Sigmoid", [input], name: name);

    /// <summary>Adds x · sigmoid(x), also called swish (Ramachandran et al. 2017).</summary>
    public string Silu(string name, string input) => Graph.Add("Mul", [input, Sigmoid($"{name}.sigmoid", input)], name: name);

    /// <summary>Adds squeeze-and-excitation: x · gate(W2 · activation(W1 · mean(x))) for each channel (Hu et al. 2018).</summary>
    /// <param name="name">The name. The two layers are "{name}.fc1" and "{name}.fc2".</param>
    /// <param name="input">The name of the input, (N, channels, H, W).</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="squeezed">The number of channels between the two layers.</param>
    /// <param name="activation">Adds the function between the two layers: (name, input) → result.</param>
    /// <param name="gate">Adds the function after them, whose range is [0, 1].</param>
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

    /// <summary>Adds a max pool with the same pads on both sides.</summary>
    public string MaxPool(string name, string input, Extent kernel, Extent stride, Extent pad) =>
        Graph.Add("MaxPool", [input], Window(kernel, stride, pad), name);

    /// <summary>Adds an average pool with non-overlapping windows and without pads.</summary>
    public string AveragePool(string name, string input, int kernel) => Graph.Add("AveragePool", [input], Window(kernel, kernel, 0), name);

    /// <summary>Adds the mean of each channel over all positions, "features": (N, C, ...) → (N, C).</summary>
    public string Features(string input)
    {
        var pooled = Graph.Add("GlobalAveragePool", [input], name: "pool");
        return Graph.Add("Flatten", [pooled], Attributes.None.With("axis", 1), "features");
    }

    /// <summary>Adds a linear layer with a bias, which starts at 0: (N, inputs) → (N, outputs).</summary>
    /// <param name="name">The name of the layer, for its weights.</param>
    /// <param name="output">The name of the result.</param>
    /// <param name="input">The name of the input.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs.</param>
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
