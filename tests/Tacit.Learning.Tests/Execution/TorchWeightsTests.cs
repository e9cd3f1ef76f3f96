using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

[NoTensorLeaks]
public sealed class TorchWeightsTests
{
    [Fact]
    public void Only_floating_point_parameters_are_trained()
    {
        using var weights = TorchWeights.From(Model(), CPU, trainable: true);

        Assert.Equal(["second", "first"], weights.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(["first", "second"], weights.Names.Where(name => weights[name].requires_grad).Order());
    }

    [Fact]
    public void Nothing_is_trained_unless_asked_for()
    {
        using var weights = TorchWeights.From(Model(), CPU, trainable: false);

        Assert.Equal(2, weights.Parameters.Count);
        Assert.All(weights.Names, name => Assert.False(weights[name].requires_grad));
    }

    [Fact]
    public void Weights_come_back_as_they_were()
    {
        var model = Model();
        using var weights = TorchWeights.From(model, CPU, trainable: true);

        var back = weights.ToModel();

        Assert.Same(model.Graph, back.Graph);
        Assert.All(model.Weights, pair => Assert.True(pair.Value.Bytes.SequenceEqual(back.Weights[pair.Key].Bytes)));
    }

    [Fact]
    public void Set_copies_in_place()
    {
        using var weights = TorchWeights.From(Model(), CPU, trainable: true);
        var tensor = weights["first"];
        using var value = torch.tensor(new[] { 7f, 8f });

        weights.Set("first", value);

        Assert.Same(tensor, weights["first"]);
        Assert.Equal([7f, 8f], tensor.data<float>().ToArray());
    }

    [Fact]
    public void Set_refuses_other_sizes_and_names()
    {
        using var weights = TorchWeights.From(Model(), CPU, trainable: true);
        using var value = ones(3);

        var sizes = Assert.Throws<ArgumentException>(() => weights.Set("first", value));
        Assert.StartsWith("first is 2, the value is 3", sizes.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => weights.Set("none", value));
    }

    [Fact]
    public void Copy_from_copies_everything()
    {
        using var weights = TorchWeights.From(Model(), CPU, trainable: true);
        using var other = TorchWeights.From(Model(factor: 3), CPU, trainable: false);

        weights.CopyFrom(other);

        Assert.All(weights.Names, name => Assert.True(weights[name].ToData().Bytes.SequenceEqual(other[name].ToData().Bytes)));
        Assert.True(weights["first"].requires_grad);
    }

    private static Model Model(float factor = 1)
    {
        var builder = new GraphBuilder("weights");
        var x = builder.Input("x", new("N", 2));
        var first = builder.Initializer("first", TensorData.Of<float>([1 * factor, 2 * factor]));
        var second = builder.Initializer("second", TensorData.Of<float>([3 * factor, 4 * factor]));
        var statistic = builder.Initializer("statistic", TensorData.Of<float>([5 * factor, 6 * factor]), WeightRole.Statistic);
        var table = builder.Initializer("table", TensorData.Of<ushort>([0, 1]), WeightRole.Parameter);
        x = builder.Add("Mul", [x, second]);
        x = builder.Add("Add", [x, first]);
        x = builder.Add("Add", [x, statistic]);
        x = builder.Add("Gather", [x, table], Attributes.None.With("axis", 1));
        x = builder.Add("Reshape", [x, builder.Constant("sizes", -1, 2)]);
        builder.Output(x, new("N", 2));
        return builder.Build();
    }
}
