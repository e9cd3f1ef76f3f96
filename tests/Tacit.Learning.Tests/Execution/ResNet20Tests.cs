using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

/// <summary>A network from PyTorch's exporter, with chains of Shape, Gather, Slice and Pad in its shortcuts.</summary>
[NoTensorLeaks]
public sealed class ResNet20Tests
{
    [Theory]
    [InlineData("resnet20-cifar10.onnx", 1)]
    [InlineData("resnet20-cifar10.onnx", 8)]
    [InlineData("resnet20-cifar10_bnfolded.onnx", 2)]
    public void Logits_equal_onnx_runtimes(string name, int batch)
    {
        Check(SharedFiles.Model(name), new Draw(batch).Floats(batch, 3, 32, 32));
    }

    [Fact]
    public void Logits_equal_onnx_runtimes_on_real_images()
    {
        var preprocessing = new Preprocessing(32, 32) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f) };
        var images = LabelledImages.Open(SharedFiles.Cifar10Test, cancellationToken: TestContext.Current.CancellationToken);
        var batch = images.ReadBatches(preprocessing, cancellationToken: TestContext.Current.CancellationToken).First();

        Check(SharedFiles.ResNet20, TensorData.Of(batch.Tensor.Span, batch.Count, 3, 32, 32));
    }

    private static void Check(string path, TensorData images)
    {
        var model = OnnxReader.Read(path);
        var input = model.Graph.Inputs[0].Name;
        var expected = RuntimeReference.Run(
            File.ReadAllBytes(path),
            new Dictionary<string, TensorData>(StringComparer.Ordinal) { [input] = images },
            GraphOptimizationLevel.ORT_ENABLE_ALL
        );

        using var guard = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var x = images.ToTensor();
        using var activations = new GraphModule(model).Run(weights, x);

        var apart = CaseComparison.Tensors(expected[0], activations.Output.ToData(), $"logits of {Path.GetFileName(path)}");
        Assert.True(apart.Relative <= CaseComparison.Tolerance, apart.Where);
    }

    [Fact]
    public void Every_parameter_gets_a_gradient()
    {
        var model = OnnxReader.Read(SharedFiles.ResNet20);
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: true);
        var x = new Draw(1).Floats(2, 3, 32, 32).ToTensor().requires_grad_(true);

        new GraphModule(model).Run(weights, x, Tacit.Learning.Execution.ExecutionMode.Train).Output.square().sum().backward();

        Assert.NotNull(x.grad);
        Assert.All(weights.Parameters, parameter => Assert.NotNull(parameter.Tensor.grad));
        Assert.Equal(19 * 3 + 2, weights.Parameters.Count);
    }
}
