using System.Text.Json.Nodes;
using Tacit.Graphs;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class OptionsJsonTests
{
    [Fact]
    public void Nested_options_are_named_by_path()
    {
        var json = System
            .Text.Json.Nodes.JsonNode.Parse("""{"_type":"A","a":1,"b":{"c":"x","d":{"e":null}},"f":{},"g":[1,2]}""")!
            .AsObject();

        Assert.Equal(
            ["a=1", "b.c=\"x\"", "b.d.e=", "f={}", "g=[1,2]"],
            OptionsJson.Flatten(json).Select(option => $"{option.Name}={option.Value?.ToJsonString()}")
        );
    }

    [Fact]
    public void Reads_what_it_wrote()
    {
        var options = new PlateauOptions
        {
            Factor = 0.3,
            Patience = 4,
            Threshold = 0.01,
            MinRate = 1e-6,
        };

        Assert.Equal(options, OptionsJson.FromJson<PlateauOptions>(OptionsJson.ToJson(options)));
    }

    [Fact]
    public void Says_what_it_is() =>
        Assert.Equal(
            """{"_type":"PlateauOptions","_version":2,"factor":0.1,"patience":10,"threshold":0.0001,"minRate":0}""",
            OptionsJson.ToJson(new PlateauOptions(), version: 2).ToJsonString()
        );

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"_type":"Other","_version":1}""")]
    [InlineData("""{"_type":"PlateauOptions","_version":2}""")]
    [InlineData("""{"_type":"PlateauOptions","_version":1,"unknown":1}""")]
    [InlineData("""{"_type":"PlateauOptions","_version":1,"factor":"much"}""")]
    [InlineData("""{"_type":"PlateauOptions","_version":1,"factor":7}""")]
    public void Refuses_other_options(string json)
    {
        var refusal = Assert.Throws<InvalidFileException>(() =>
            OptionsJson.FromJson<PlateauOptions>(JsonNode.Parse(json)!.AsObject(), path: "run.json")
        );

        Assert.StartsWith("the options in run.json cannot be used", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
