using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Rewriting;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization;
using Tacit.Learning.Training;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Networks;

/// <summary>The networks of the zoo in 8 bits, with random weights and small images.</summary>
[NoTensorLeaks]
public sealed class QuantizedZooTests
{
    private const int Samples = 16;

    // What ONNX Runtime may run besides kernels named QLinear…: products of integers, and what moves them unchanged.
    private static readonly string[] OnIntegers =
        ["QGemm", "NhwcMaxPool", "Transpose", "Slice", "Pad", "Split", "Reshape", "Flatten"];

    // Networks that only repeat the blocks of others are left out.
    public static TheoryData<string, int> Networks => new()
    {
        { "resnet20-cifar", 32 },
        { "resnet20-cifar-projection", 32 },
        { "resnet18", 64 },
        { "resnet50", 64 },
        { "mobilenetv1", 64 },
        { "mobilenetv2", 64 },
        { "mobilenetv3-small", 64 },
        { "mobilenetv3-large", 64 },
        { "vgg11-bn", 32 },
        { "densenet121", 64 },
        { "efficientnet-b0", 64 },
        { "shufflenetv2-x0.5", 64 },
        { "shufflenetv2-x1.0", 64 },
        { "regnetx-600mf", 64 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void RunsOnIntegersAloneAndAsSimulated(string name, int size)
    {
        var images = new float[Samples * 3 * size * size];
        new RandomStream(1, "images").FillGaussian(images);
        var samples = TensorData.Of<float>(images, Samples, 3, size, size);
        var model = Settled(Zoo.Find(name)!.Build(classes: 10, size, seed: 2), samples);
        var simulated = Quantized(model, samples);
        var onnx = OnnxWriter.ToBytes(new IntegerExport().Apply(simulated));

        var kernels = KernelReport.Of(onnx);
        Assert.Equal(
            ["QuantizeLinear"], // the images
            kernels.Operators.Select(kernel => kernel.Operator)
                .Where(kernel => !kernel.StartsWith("QLinear", StringComparison.Ordinal) && !OnIntegers.Contains(kernel)));

        // Rounding makes a random network jump: a value that falls the other way changes others after it. The runtime must still
        // stay nearer to the simulation than the simulation is to the float network; independent errors would be further off.
        using var session = OnnxSession.Open(onnx, new OnnxSessionOptions { Threads = 1 });
        var here = Logits(simulated, samples);
        Assert.InRange(Distance(here, session.Run(images)), 0, 0.7 * Distance(Logits(model, samples), here));
    }

    private static Model Quantized(Model model, TensorData samples)
    {
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(model);
        return new BiasRounding().Apply(new RangeObservation(model, student, samples, CPU, CancellationToken.None).Apply(RangeEstimator.MinMax));
    }

    // Batch norms take over the statistics of one batch, so that activations neither vanish nor explode.
    private static Model Settled(Model model, TensorData samples)
    {
        var graph = model.Graph;
        var nodes = graph.Nodes.Select(node =>
            node.Operator == "BatchNormalization" ? node with { Attributes = node.Attributes.With("momentum", 0f) } : node);
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

    // Root mean square.
    private static double Distance(float[] one, float[] other) => Math.Sqrt(one.Zip(other, (a, b) => (double)(a - b) * (a - b)).Average());
}
