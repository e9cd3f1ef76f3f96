using Tacit.Graphs.Costs;
using Tacit.Learning.Networks;

namespace Tacit.Learning.Tests.Networks;

public sealed class VggTests
{
    // At 32 instead of 224 pixels, every convolution has 1/49 of the positions, and the first linear layer has 1x1 instead of 7x7 features.
    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(19)]
    public void Costs_what_the_zoo_says(int depth)
    {
        var cost = ModelCost.Of(Vgg.Build(depth, size: 32));
        var network = Zoo.Find($"vgg{depth}-bn")!;

        const long missing = (7 * 7 - 1) * 512 * 4096;
        var convolutions = cost.Nodes.Where(node => node.Node.Operator == "Conv").Sum(node => node.MultiplyAccumulates);
        Assert.Equal(network.Parameters, cost.Parameters + missing);
        Assert.Equal(network.MultiplyAccumulates, cost.MultiplyAccumulates + missing + 48 * convolutions);
    }

    [Fact]
    public void Refuses_a_size_that_does_not_halve_five_times() =>
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Vgg.Build(11, size: 100));

    [Fact]
    public void Refuses_a_depth_that_the_paper_lacks() => Assert.Throws<ArgumentOutOfRangeException>("depth", () => Vgg.Build(12));
}
