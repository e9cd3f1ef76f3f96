using Tacit.Graphs.Costs;
using Tacit.Learning.Networks;

namespace Tacit.Learning.Tests.Networks;

public sealed class ZooTests
{
    public static TheoryData<string> Names => [.. Zoo.All.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void CostsWhatItSays(string name)
    {
        var network = Zoo.Find(name)!;

        var cost = ModelCost.Of(network.Build());

        Assert.Equal((network.Parameters, network.MultiplyAccumulates), (cost.Parameters, cost.MultiplyAccumulates));
    }

    [Fact]
    public void NamesAreUnique() => Assert.Distinct(Zoo.All.Select(network => network.Name));

    [Fact]
    public void AnUnknownNameFindsNothing() => Assert.Null(Zoo.Find("resnet21-cifar"));
}
