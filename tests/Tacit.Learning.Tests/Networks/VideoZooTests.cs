using Tacit.Graphs;
using Tacit.Graphs.Costs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Tests.Golden;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Networks;

[NoTensorLeaks]
public sealed class VideoZooTests
{
    private const double Narrow = 0.25;

    public static TheoryData<string> Names => [.. VideoZoo.All.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Costs_what_it_says(string name)
    {
        var network = VideoZoo.Find(name)!;

        var cost = ModelCost.Of(network.Build());

        Assert.Equal((network.Parameters, network.MultiplyAccumulates), (cost.Parameters, cost.MultiplyAccumulates));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Computes_what_PyTorch_does(string name)
    {
        var network = VideoZoo.Find(name)!;
        var golden = GoldenNetwork.Of(name);
        var model = GoldenNetwork.Filled(network.Build(GoldenNetwork.Classes, golden.Frames, golden.Size));

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var clips = tensor(golden.Images(), [GoldenNetwork.Batch, 3, golden.Frames!.Value, golden.Size, golden.Size]);
        var logits = new GraphModule(model).Run(weights, clips).Output.data<float>().ToArray();

        AssertSame(golden.Logits, logits);
        Assert.Equal((golden.Parameters, golden.MultiplyAccumulates), (network.Parameters, network.MultiplyAccumulates));
    }

    // Written, read again, and run in ONNX Runtime, at the smallest sizes that the network supports.
    [Theory]
    [MemberData(nameof(Names))]
    public void Computes_the_same_in_onnx_runtime(string name)
    {
        var network = VideoZoo.Find(name)!;
        var (frames, size) = (network.LeastFrames, network.LeastSize);
        var model = network.Build(classes: 3, frames, size, Narrow, seed: 3);
        var file = OnnxWriter.ToBytes(model);
        var read = OnnxReader.Read(file);
        var values = new float[2 * 3 * frames * size * size];
        new RandomStream(5, "clips").FillGaussian(values);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = TorchWeights.From(read, CPU, trainable: false);
        var here = new GraphModule(read).Run(weights, tensor(values, [2, 3, frames, size, size])).Output.data<float>().ToArray();
        using var session = OnnxSession.Open(file);
        var there = session.Run(values, 2, 3, frames, size, size);

        AssertSame(here, there);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Learns_every_parameter_and_every_statistic(string name)
    {
        var network = VideoZoo.Find(name)!;
        var (frames, size) = (network.LeastFrames, network.LeastSize);
        var model = network.BuildEncoder(frames, size, Narrow, seed: 4);
        var before = model.Weights;

        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: true);
        var values = new float[3 * 3 * frames * size * size];
        new RandomStream(5, "clips").FillGaussian(values);
        var features = new GraphModule(model).Run(weights, tensor(values, [3, 3, frames, size, size]), ExecutionMode.Train).Output;
        features.square().mean().backward();

        var after = weights.ToWeights();
        foreach (var initializer in model.Graph.Initializers.Values)
        {
            if (initializer.Role == WeightRole.Parameter)
            {
                Assert.True(weights[initializer.Name].grad is not null, initializer.Name);
            }
            else if (initializer.Role == WeightRole.Statistic)
            {
                Assert.False(before[initializer.Name].Bytes.SequenceEqual(after[initializer.Name].Bytes), initializer.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_encoder_ends_in_the_features_that_the_classifier_reads(string name)
    {
        var network = VideoZoo.Find(name)!;
        var (frames, size) = (network.LeastFrames, network.LeastSize);

        var encoder = network.BuildEncoder(frames, size, Narrow, seed: 6);
        var classifier = network.Build(classes: 7, frames, size, Narrow, seed: 6);

        Assert.Equal(new Shape("N", 3, frames, size, size), Assert.Single(encoder.Graph.Inputs).Type.Shape);
        var output = Assert.Single(encoder.Graph.Outputs);
        Assert.Equal(("features", ShapeInference.Infer(classifier)["features"].Shape), (output.Name, output.Type.Shape));
        Assert.Equal(("logits", new Shape("N", 7)), (classifier.Graph.Outputs[0].Name, classifier.Graph.Outputs[0].Type.Shape));
        Assert.Equal(2, classifier.Graph.Initializers.Count - encoder.Graph.Initializers.Count);
        Assert.All(
            encoder.Graph.Initializers.Keys,
            weight => Assert.True(encoder.Weights[weight].Bytes.SequenceEqual(classifier.Weights[weight].Bytes), weight)
        );
    }

    [Theory]
    [InlineData("c3d", 512, 2, 7)]
    [InlineData("r3d-18", 512, 1, 4)]
    [InlineData("r3d-18-torchvision", 512, 2, 7)]
    [InlineData("r2plus1d-18", 512, 2, 7)]
    [InlineData("r2plus1d-vcop", 512, 2, 7)]
    [InlineData("s3d-g", 1024, 8, 7)]
    public void Leaves_of_a_clip_what_the_papers_say(string name, long channels, long frames, long size)
    {
        var encoder = VideoZoo.Find(name)!.BuildEncoder();

        var pooled = encoder.Graph.Nodes.Last(node => node.Operator == "GlobalAveragePool").Inputs[0];
        Assert.Equal(new Shape("N", channels, frames, size, size), ShapeInference.Infer(encoder)[pooled].Shape);
    }

    // It keeps 0.999 of a statistic and adds 0.001 to a variance; the others keep 0.9 and add 0.00001.
    [Fact]
    public void The_batch_norms_of_S3_DG_are_its_own()
    {
        var norms = VideoZoo.Find("s3d-g")!.BuildEncoder(8, 32, Narrow).Graph.Nodes.Where(node => node.Operator == "BatchNormalization");

        Assert.All(norms, norm => Assert.Equal((0.999f, 1e-3f), (norm.Attributes.Float("momentum"), norm.Attributes.Float("epsilon"))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Refuses_clips_that_are_too_short_or_too_small(string name)
    {
        var network = VideoZoo.Find(name)!;

        var frames = Assert.Throws<ArgumentOutOfRangeException>("frames", () => network.Build(frames: network.LeastFrames - 1));
        var size = Assert.Throws<ArgumentOutOfRangeException>("size", () => network.BuildEncoder(size: network.LeastSize - 1));

        Assert.StartsWith($"{name} takes clips of at least {network.LeastFrames} frames", frames.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{name} takes frames of at least {network.LeastSize} pixels", size.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(8.1)]
    [InlineData(double.NaN)]
    public void Refuses_a_width_that_is_none(double width) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(width), () => VideoZoo.Find("r3d-10")!.BuildEncoder(width: width));

    [Fact]
    public void Refuses_no_classes() =>
        Assert.Throws<ArgumentOutOfRangeException>("classes", () => VideoZoo.Find("r3d-10")!.Build(classes: 0, frames: 4, size: 32));

    [Theory]
    [InlineData(0.01, 8, 8)]
    [InlineData(0.25, 16, 128)]
    [InlineData(0.3, 16, 152)]
    [InlineData(0.5, 32, 256)]
    [InlineData(1, 64, 512)]
    public void Channels_are_multiplied_and_rounded_to_eights(double width, long first, long last)
    {
        var model = VideoZoo.Find("r3d-10")!.BuildEncoder(8, 56, width);

        Assert.Equal((first, last), (model.Weights["conv1.weight"].Sizes[0], model.Weights["layer4.0.conv2.weight"].Sizes[0]));
    }

    [Fact]
    public void Names_are_unique() =>
        Assert.Distinct(VideoZoo.All.Select(network => network.Name).Concat(Zoo.All.Select(network => network.Name)));

    [Fact]
    public void An_unknown_name_finds_nothing() => Assert.Null(VideoZoo.Find("r3d-19"));

    private static void AssertSame(float[] expected, float[] actual)
    {
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First / largest, pair.Second / largest, 1e-4));
    }
}
