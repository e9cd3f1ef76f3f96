using Tacit.Graphs.Costs;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Tests.Golden;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Networks;

[NoTensorLeaks]
public sealed class ZooTests
{
    public static TheoryData<string> Names => [.. Zoo.All.Select(network => network.Name)];

    // The hundred million weights in the linear layers of each VGG are slow. VggTests counts them at a smaller size.
    public static TheoryData<string> NamesButVgg =>
        [.. Zoo.All.Select(network => network.Name).Where(name => !name.StartsWith("vgg", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(NamesButVgg))]
    public void Costs_what_it_says(string name)
    {
        var network = Zoo.Find(name)!;

        var cost = ModelCost.Of(network.Build());

        Assert.Equal((network.Parameters, network.MultiplyAccumulates), (cost.Parameters, cost.MultiplyAccumulates));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Computes_what_torchvision_does(string name)
    {
        var network = Zoo.Find(name)!;
        var golden = GoldenNetwork.Of(name);
        var model = GoldenNetwork.Filled(network.Build(GoldenNetwork.Classes, golden.Size));

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var images = tensor(golden.Images(), [GoldenNetwork.Batch, 3, golden.Size, golden.Size]);
        var logits = new GraphModule(model).Run(weights, images).Output.data<float>().ToArray();

        var largest = golden.Logits.Max(Math.Abs);
        Assert.All(golden.Logits.Zip(logits), pair => Assert.Equal(pair.First / largest, pair.Second / largest, 1e-4));
        Assert.Equal((golden.Parameters, golden.MultiplyAccumulates), (network.Parameters, network.MultiplyAccumulates));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Refuses_images_of_no_pixels_and_no_classes(string name)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Zoo.Find(name)!.Build(classes: 5, size: 0));
        Assert.Throws<ArgumentOutOfRangeException>("classes", () => Zoo.Find(name)!.Build(classes: 0, size: 32));
    }

    [Fact]
    public void Names_are_unique() => Assert.Distinct(Zoo.All.Select(network => network.Name));

    [Fact]
    public void An_unknown_name_finds_nothing() => Assert.Null(Zoo.Find("resnet21-cifar"));
}
