using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class NormalizationTests
{
    [Fact]
    public void Training_normalises_by_the_batch_and_moves_the_statistics()
    {
        var draw = new Draw(1);
        var builder = new GraphBuilder("norm");
        var y = builder.Add(
            "BatchNormalization",
            [
                builder.Input("x", new("N", 2, 3)),
                builder.Initializer("scale", TensorData.Of<float>([1, 1])),
                builder.Initializer("bias", TensorData.Of<float>([0, 0])),
                builder.Initializer("mean", TensorData.Of<float>([0, 0]), WeightRole.Statistic),
                builder.Initializer("variance", TensorData.Of<float>([1, 1]), WeightRole.Statistic),
            ],
            Attributes.None.With("momentum", 0.75f)
        );
        builder.Output(y, new("N", 2, 3));
        var model = builder.Build();
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: true);
        var x = draw.Floats(4, 2, 3).ToTensor();

        using var activations = new GraphModule(model).Run(weights, x, ExecutionMode.Train);

        long[] dims = [0, 2];
        var mean = x.mean(dims);
        Assert.True(activations.Output.mean(dims).abs().max().ToSingle() < 1e-5);
        Assert.True(allclose(weights["mean"], 0.25 * mean, atol: 1e-6));
        Assert.True(allclose(weights["variance"], 0.75 + 0.25 * x.var(dims, unbiased: true), atol: 1e-5));
    }
}
