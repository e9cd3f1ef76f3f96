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
    public void CostsWhatItSays(string name)
    {
        var network = Zoo.Find(name)!;

        var cost = ModelCost.Of(network.Build());

        Assert.Equal((network.Parameters, network.MultiplyAccumulates), (cost.Parameters, cost.MultiplyAccumulates));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ComputesWhatTorchvisionDoes(string name)
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
    public void RefusesImagesOfNoPixelsAndNoClasses(string name)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Zoo.Find(name)!.Build(classes: 5, size: 0));
        Assert.Throws<ArgumentOutOfRangeException>("classes", () => Zoo.Find(name)!.Build(classes: 0, size: 32));
    }

    [Fact]
    public void NamesAreUnique() => Assert.Distinct(Zoo.All.Select(network => network.Name));

    [Fact]
    public void AnUnknownNameFindsNothing() => Assert.Null(Zoo.Find("resnet21-cifar"));
}
