using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class DropoutTests
{
    [Fact]
    public void Drops_its_share_in_training()
    {
        var model = new OperatorCase(
            "Dropout",
            Attributes.None,
            TensorData.Of<float>([.. Enumerable.Repeat(1f, 10000)]),
            new Operand(TensorData.Scalar(0.3f), IsConstant: true)
        ).ToModel();
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        torch.manual_seed(1);

        using var activations = new GraphModule(model).Run(weights, ones(10000), ExecutionMode.Train);

        var dropped = (activations.Output == 0).sum().ToInt64();
        Assert.InRange(dropped, 2800, 3200);
        Assert.Equal(1 / 0.7f, activations.Output.max().ToSingle(), 1e-5f);
    }
}
