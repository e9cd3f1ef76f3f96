using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

public sealed class NetworkTaskDetectionTests
{
    [Theory]
    [InlineData("features", null, NetworkTask.Encoder)]
    [InlineData("output", "tacit.encoder.backbone", NetworkTask.Encoder)]
    [InlineData("logits", null, NetworkTask.Classifier)]
    [InlineData("features", "tacit.classes", NetworkTask.Classifier)]
    public void The_output_and_the_metadata_tell(string output, string? key, NetworkTask expected)
    {
        var builder = new GraphBuilder("network");
        builder.Output(builder.Add("Relu", [builder.Input("x", new("N", 3))], name: output), new("N", 3));
        var model = builder.Build();

        Assert.Equal(expected, NetworkTaskDetection.Of(key is null ? model : model with { Metadata = model.Metadata.SetItem(key, "[]") }));
    }
}
