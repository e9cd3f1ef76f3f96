using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Networks;

[NoTensorLeaks]
public sealed class ResNetCifarTests
{
    // Parameters of He et al. 2016, table 6 (0.27M, 0.46M, 0.66M, 0.85M, 1.7M), exactly.
    [Theory]
    [InlineData(8, 75_290)]
    [InlineData(20, 269_722)]
    [InlineData(32, 464_154)]
    [InlineData(44, 658_586)]
    [InlineData(56, 853_018)]
    [InlineData(110, 1_727_962)]
    public void Has_the_parameters_of_the_paper(int depth, long count)
    {
        var model = ResNetCifar.Build(depth, 10);

        Assert.Equal(
            count,
            model
                .Graph.Initializers.Values.Where(weight => weight.Role == WeightRole.Parameter)
                .Sum(weight => weight.Type.Shape.ElementCount)
        );
        Assert.Equal(depth - 1, model.Graph.Nodes.Count(node => node.Operator == "Conv"));
        Assert.Equal(depth - 1, model.Graph.Nodes.Count(node => node.Operator == "BatchNormalization"));
        Assert.Equal((depth - 2) / 2, model.Graph.Nodes.Count(node => node.Operator == "Add"));
    }

    [Fact]
    public void Projection_adds_two_convolutions()
    {
        var model = ResNetCifar.Build(20, 10, shortcut: ShortcutKind.Projection);

        Assert.Equal(21, model.Graph.Nodes.Count(node => node.Operator == "Conv"));
        Assert.DoesNotContain(model.Graph.Nodes, node => node.Operator is "Slice" or "Pad");
    }

    // TorchSharp and ONNX Runtime, which reads the written file, compute the same numbers.
    [Theory]
    [InlineData(8, 16, ShortcutKind.Padding)]
    [InlineData(8, 3, ShortcutKind.Padding)]
    [InlineData(14, 8, ShortcutKind.Projection)]
    public void Computes_the_same_in_onnx_runtime(int depth, int width, ShortcutKind shortcut)
    {
        var model = ResNetCifar.Build(depth, 10, width, shortcut, seed: 3);
        var images = new float[2 * 3 * 32 * 32];
        new RandomStream(5, "images").FillGaussian(images);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var here = new GraphModule(model).Run(weights, tensor(images, [2, 3, 32, 32])).Output.data<float>().ToArray();
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(model));
        var there = session.Run(images, 2, 3, 32, 32);

        var largest = here.Max(Math.Abs);
        Assert.All(here.Zip(there), pair => Assert.Equal(pair.First / largest, pair.Second / largest, 1e-4));
    }

    [Fact]
    public void Shapes_are_inferred()
    {
        var model = ResNetCifar.Build(20, 10);

        Assert.Equal(new Shape("N", 64), ShapeInference.Infer(model)["features"].Shape);
    }

    [Fact]
    public void Batch_is_symbolic()
    {
        var model = ResNetCifar.Build(8, 7);

        Assert.Equal(new Value("input", new TensorType(ElementType.Float32, new Shape("N", 3, 32, 32))), Assert.Single(model.Graph.Inputs));
        Assert.Equal(new Value("logits", new TensorType(ElementType.Float32, new Shape("N", 7))), Assert.Single(model.Graph.Outputs));
    }

    [Fact]
    public void Padded_channels_lie_on_both_sides()
    {
        var model = ResNetCifar.Build(8, 10, width: 3);

        Assert.Equal([0L, 1, 0, 0, 0, 2, 0, 0], model.Weights["layer2.0.shortcut.pads"].ToInt64());
    }

    [Fact]
    public void Weights_depend_on_the_seed_alone()
    {
        var weights = ResNetCifar.Build(8, 10, seed: 1).Weights["layer1.0.conv1.weight"];

        Assert.True(weights.Bytes.SequenceEqual(ResNetCifar.Build(20, 10, seed: 1).Weights["layer1.0.conv1.weight"].Bytes));
        Assert.False(weights.Bytes.SequenceEqual(ResNetCifar.Build(8, 10, seed: 2).Weights["layer1.0.conv1.weight"].Bytes));
    }

    [Fact]
    public void Weights_have_the_variance_of_he()
    {
        var weights = ResNetCifar.Build(20, 10).Weights["layer3.2.conv2.weight"].As<float>().ToArray();

        Assert.InRange(weights.Average(weight => weight * weight) * 64 * 9 / 2, 0.95f, 1.05f);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(18)]
    [InlineData(-4)]
    public void Refuses_other_depths(int depth) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(depth), () => ResNetCifar.Build(depth, 10));
}
