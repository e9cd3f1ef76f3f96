using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Pretraining.Methods;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining.Methods;

[NoTensorLeaks]
public sealed class ProjectionHeadTests
{
    private static readonly Model Encoder = VideoZoo.Find("r3d-10")!.BuildEncoder(frames: 4, size: 32, width: 0.125);

    [Fact]
    public void Heads_add_outputs_and_leave_the_features()
    {
        var model = ProjectionHead.Append(
            Encoder,
            [new("appearance", 12, 6, Predicts: true), new("speed", 0, 5, Predicts: false)],
            seed: 3
        );

        Assert.Equal(["features", "appearance", "appearance.prediction", "speed"], model.Graph.Outputs.Select(output => output.Name));
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var before = TorchWeights.From(Encoder, CPU, trainable: false);
        using var clips = ones([2, 3, 4, 32, 32]);
        using var outputs = new GraphModule(model).Run(weights, clips);
        using var features = new GraphModule(Encoder).Run(before, clips);
        Assert.Equal([2, 6], outputs["appearance.prediction"].shape);
        Assert.Equal([2, 5], outputs["speed"].shape);
        Assert.Equal(features.Output.data<float>().ToArray(), outputs["features"].data<float>().ToArray());
    }

    [Fact]
    public void The_seed_makes_the_heads()
    {
        static byte[] Weight(ulong seed) =>
            ProjectionHead.Append(Encoder, [new("a", 4, 2, Predicts: false)], seed).Weights["a.linear1.weight"].Bytes.ToArray();

        Assert.Equal(Weight(1), Weight(1));
        Assert.NotEqual(Weight(1), Weight(2));
    }

    [Fact]
    public void A_network_of_several_outputs_is_no_encoder()
    {
        var failure = Assert.Throws<UnsuitableModelException>(() =>
            ProjectionHead.Append(TwoOutputs(), [new("a", 4, 2, Predicts: false)], 0)
        );

        Assert.EndsWith("is no encoder: it must have one output, features of N x D", failure.Message, StringComparison.Ordinal);
    }

    private static Model TwoOutputs()
    {
        var builder = new GraphBuilder(Encoder);
        builder.Output(Encoder.Graph.Nodes[0].Outputs[0], new Shape("N", 8, 4, 16, 16));
        return builder.Build();
    }
}
