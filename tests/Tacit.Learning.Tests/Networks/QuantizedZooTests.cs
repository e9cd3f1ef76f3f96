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

[NoTensorLeaks]
public sealed class QuantizedZooTests
{
    private const int Samples = 16;

    public static TheoryData<string> Names => [.. Zoo.All.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Probe(string name)
    {
        var size = Zoo.Find(name)!.Size == 32 || name.StartsWith("vgg") ? 32 : 64;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var images = new float[Samples * 3 * size * size];
        new RandomStream(1, "images").FillGaussian(images);
        var samples = TensorData.Of<float>(images, Samples, 3, size, size);
        var model = Settled(Zoo.Find(name)!.Build(classes: 10, size, seed: 2), samples);
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(model);
        student = new RangeObservation(model, student, samples, CPU, CancellationToken.None).Apply(RangeEstimator.MinMax);
        student = new BiasRounding().Apply(student);
        var onnx = OnnxWriter.ToBytes(new IntegerExport().Apply(student));

        var simulated = Logits(student, samples);
        using var session = OnnxSession.Open(onnx, new OnnxSessionOptions { Threads = 1 });
        var deployed = session.Run(images);
        var exact = Logits(model, samples);

        using var plain = OnnxSession.Open(onnx, new OnnxSessionOptions { Threads = 1, Optimization = OptimizationLevel.None });
        var unfused = plain.Run(images);
        double Rms(float[] a, float[] b) => Math.Sqrt(a.Zip(b).Average(p => Math.Pow(p.First - p.Second, 2)));
        File.AppendAllText("/tmp/zoo-probe.txt", $"rms: float-sim {Rms(exact, simulated):G3} sim-ort {Rms(simulated, deployed):G3} sim-plain {Rms(simulated, unfused):G3} ort-plain {Rms(unfused, deployed):G3} ");
        var spread = exact.Max() - exact.Min();
        File.AppendAllText("/tmp/zoo-probe.txt", $"{name}: {KernelReport.Of(onnx)}\n   spread {spread} sim-ort {simulated.Zip(deployed).Max(p => Math.Abs(p.First - p.Second)) / spread:G3} float-sim {exact.Zip(simulated).Max(p => Math.Abs(p.First - p.Second)) / spread:G3}\n");
    }

    private static float[] Logits(Model model, TensorData samples)
    {
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        return new GraphModule(model).Run(weights, samples.ToTensor(CPU)).Output.data<float>().ToArray();
    }

    // Batch norms take over the statistics of one batch.
    private static Model Settled(Model model, TensorData samples)
    {
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var graph = model.Graph;
        var nodes = graph.Nodes.Select(node => node.Operator == "BatchNormalization" ? node with { Attributes = node.Attributes.With("momentum", 0f) } : node);
        var forgetful = new Graph(graph.Name, graph.Inputs, graph.Initializers.Values, nodes, graph.Outputs);
        new GraphModule(new Model(forgetful, model.Weights)).Run(weights, samples.ToTensor(CPU), ExecutionMode.Train);
        return new Model(graph, weights.ToWeights());
    }
}
