using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Sessions;
using Tacit.Learning;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Quantization;
using static TorchSharp.torch;

namespace Tacit.Conformance;

/// <summary>A network with random weights in 8 bits: in float, simulated, and as a file, each on the same noise images.</summary>
public sealed class QuantizedNetwork
{
    // Kernels that ONNX Runtime may run in addition to those named QLinear…: integer products, and operators that move integers unchanged.
    private static readonly HashSet<string> OnIntegers =
    [
        "QGemm",
        "NhwcMaxPool",
        "MaxPool",
        "Transpose",
        "Slice",
        "Pad",
        "Split",
        "Reshape",
        "Flatten",
    ];

    private readonly float[] _exact;
    private readonly float[] _simulated;
    private readonly float[] _deployed;
    private readonly int _images;

    /// <summary>Quantises a network.</summary>
    /// <param name="network">A classifier with random weights.</param>
    /// <param name="images">The number of images.</param>
    /// <param name="size">Their height and width.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public QuantizedNetwork(Model network, int images, int size, CancellationToken cancellation)
    {
        _images = images;
        var pixels = new float[images * 3 * size * size];
        new RandomStream(1, "images").FillGaussian(pixels);
        var samples = TensorData.Of<float>(pixels, images, 3, size, size);
        Float = Settled(network, samples);
        var student = Rounded(Float, samples, cancellation);
        Onnx = OnnxWriter.ToBytes(new QdqExport().Apply(student));

        _exact = Logits(Float, samples);
        _simulated = Logits(student, samples);
        using var session = OnnxSession.Open(Onnx, new OnnxSessionOptions { Threads = 1 });
        _deployed = session.Run(pixels);
        FloatKernels =
        [
            .. KernelReport
                .Of(Onnx)
                .Operators.Select(kernel => kernel.Operator)
                .Where(kernel => !kernel.StartsWith("QLinear", StringComparison.Ordinal) && !OnIntegers.Contains(kernel)),
        ];
    }

    /// <summary>The float network.</summary>
    public Model Float { get; }

    /// <summary>The file.</summary>
    public byte[] Onnx { get; }

    /// <summary>The kernels that ONNX Runtime runs in floating point.</summary>
    public IReadOnlyList<string> FloatKernels { get; }

    /// <summary>The share of images to which simulation and runtime give the same class.</summary>
    public double SameClass => Classes(_simulated).Zip(Classes(_deployed), (one, other) => one == other ? 1.0 : 0).Average();

    /// <summary>The difference between simulation and runtime, relative to the difference between simulation and float network.</summary>
    /// <remarks>
    /// The ratio of root mean squares. In a random network, a value that is rounded differently changes many values after it. Two
    /// independent errors would give a ratio above 1.
    /// </remarks>
    public double Apart => Distance(_simulated, _deployed) / Distance(_exact, _simulated);

    /// <summary>Rounds a network to 8 bits: the simulation of its integer file.</summary>
    /// <param name="network">The float network, with the channels first.</param>
    /// <param name="samples">The samples whose activations give the ranges.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static Model Rounded(Model network, TensorData samples, CancellationToken cancellation)
    {
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(network);
        student = new ActivationObserver(network, student, samples, CPU, cancellation).Apply(RangeEstimator.MinMax);
        return new BiasRounding().Apply(student);
    }

    // Batch norms adopt the statistics of one batch, so that activations neither vanish nor explode.
    private static Model Settled(Model model, TensorData samples)
    {
        var graph = model.Graph;
        var nodes = graph.Nodes.Select(node =>
            node.Operator == "BatchNormalization" ? node with { Attributes = node.Attributes.With("momentum", 0f) } : node
        );
        var forgetful = new Model(new Graph(graph.Name, graph.Inputs, graph.Initializers.Values, nodes, graph.Outputs), model.Weights);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = TorchWeights.From(forgetful, CPU, trainable: false);
        new GraphModule(forgetful).Run(weights, samples.ToTensor(CPU), ExecutionMode.Train);
        return new Model(graph, weights.ToWeights());
    }

    private static float[] Logits(Model model, TensorData samples)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        return new GraphModule(model).Run(weights, samples.ToTensor(CPU)).Output.data<float>().ToArray();
    }

    private IEnumerable<int> Classes(float[] logits) => logits.Chunk(logits.Length / _images).Select(row => Array.IndexOf(row, row.Max()));

    // Root mean square.
    private static double Distance(float[] one, float[] other) => Math.Sqrt(one.Zip(other, (a, b) => (double)(a - b) * (a - b)).Average());
}
