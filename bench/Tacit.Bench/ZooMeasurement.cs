using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Rewriting;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization;
using Tacit.Learning.Training;
using static TorchSharp.torch;

namespace Tacit.Bench;

/// <summary>A network of the zoo with random weights, in float and in 8 bits.</summary>
/// <param name="Times">The float network's time, and that in 8 bits.</param>
/// <param name="SameClass">The share of images to which simulation and runtime give the same class.</param>
/// <param name="Apart">How far simulation and runtime are apart, as a share of how far the simulation is from the float network.</param>
/// <param name="FloatKernels">The kernels that ONNX Runtime runs in floating point.</param>
internal sealed record ZooMeasurement(Comparison Times, double SameClass, double Apart, string FloatKernels)
{
    private const int Samples = 8;

    // Kernels beside QLinear… that work on integers, or move what they are given.
    private static readonly HashSet<string> OnIntegers =
        ["QGemm", "NhwcMaxPool", "MaxPool", "Transpose", "Slice", "Pad", "Split", "Reshape", "Flatten"];

    public static ZooMeasurement Of(ZooNetwork network, int rounds, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("tacit-zoo-");
        try
        {
            var (first, second) = (Path.Combine(folder.FullName, "float.onnx"), Path.Combine(folder.FullName, "w8a8.onnx"));
            var images = new float[Samples * 3 * network.Size * network.Size];
            new RandomStream(1, "images").FillGaussian(images);
            var samples = TensorData.Of<float>(images, Samples, 3, network.Size, network.Size);
            var model = Settled(network.Build(), samples);
            var student = new FakeQuantizationInsertion(new BitWidths()).Apply(model);
            student = new RangeObservation(model, student, samples, CPU, cancellationToken).Apply(RangeEstimator.MinMax);
            student = new BiasRounding().Apply(student);
            OnnxWriter.Write(model, first);
            OnnxWriter.Write(new IntegerExport().Apply(student), second);

            var exact = Logits(model, samples);
            var simulated = Logits(student, samples);
            float[] deployed;
            using (var session = OnnxSession.Open(second, new OnnxSessionOptions { Threads = 1 }))
            {
                deployed = session.Run(images);
            }

            return new ZooMeasurement(
                new SessionComparison(first, second, rounds).Run(threads: 1, batch: 1, cancellationToken),
                simulated.Chunk(network.Classes).Zip(deployed.Chunk(network.Classes), Agree).Average(),
                Distance(simulated, deployed) / Distance(exact, simulated),
                FloatKernelsOf(second));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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

    private static string FloatKernelsOf(string path)
    {
        var counts = KernelReport.Of(path).Operators
            .Where(kernel => !kernel.Operator.StartsWith("QLinear", StringComparison.Ordinal) && !OnIntegers.Contains(kernel.Operator))
            .CountBy(kernel => kernel.Operator);
        return string.Join(", ", counts.Select(pair => $"{pair.Value} {pair.Key}"));
    }

    private static double Agree(float[] one, float[] other) => Array.IndexOf(one, one.Max()) == Array.IndexOf(other, other.Max()) ? 1 : 0;

    // Root mean square.
    private static double Distance(float[] one, float[] other) => Math.Sqrt(one.Zip(other, (a, b) => (double)(a - b) * (a - b)).Average());
}
