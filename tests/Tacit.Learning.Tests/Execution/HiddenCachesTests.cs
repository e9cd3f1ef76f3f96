using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

[NoTensorLeaks]
public sealed class HiddenCachesTests
{
    // 12 and 20 channels do not fill blocks of 8 or 16. Their padding is in memory that held NaN before.
    [Fact]
    public void A_convolution_and_its_gradients_do_not_depend_on_what_memory_held_before()
    {
        var builder = new GraphBuilder("convolution");
        var x = builder.Input("x", new("N", 12, 8, 8));
        var weight = builder.Initializer("weight", TensorData.Of<float>([.. Enumerable.Repeat(0.1f, 20 * 12 * 9)], 20, 12, 3, 3));
        builder.Output(builder.Add("Conv", [x, weight], Attributes.None.With("pads", [1, 1, 1, 1]), "y"), new("N", 20, 8, 8));
        var module = new GraphModule(builder.Build());
        using var weights = TorchWeights.From(builder.Build(), CPU, trainable: true);

        for (var round = 0; round < 20; round++)
        {
            using var scope = NewDisposeScope();
            FillFreedMemory();
            var input = ones([2, 12, 8, 8]).requires_grad_();
            using var activations = module.Run(weights, input);
            var y = activations["y"];
            y.sum().backward();

            Assert.False(y.isnan().any().ToBoolean());
            Assert.False(input.grad!.isnan().any().ToBoolean());
            Assert.False(weights["weight"].grad!.isnan().any().ToBoolean());
        }
    }

    private static void FillFreedMemory()
    {
        using var scope = NewDisposeScope();
        foreach (var channels in new long[] { 12, 16, 20, 24, 32 })
        {
            _ = full([2, channels, 8, 8], float.NaN);
            _ = full([channels, channels, 3, 3], float.NaN);
        }
    }
}
