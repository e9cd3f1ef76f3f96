using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class RealFileTests
{
    [Theory]
    [InlineData("resnet20-cifar10.onnx", 17)]
    [InlineData("resnet20-cifar10.onnx", 18)]
    [InlineData("resnet20-cifar10.onnx", 21)]
    [InlineData("resnet20-cifar10_bnfolded.onnx", 17)]
    public void Gives_the_same_numbers_when_written_again(string name, int opset)
    {
        var path = SharedFiles.Model(name);

        var written = OnnxWriter.ToBytes(OnnxReader.Read(path), new OnnxWriterOptions { Opset = opset });

        OnnxRuntimeRun.AssertEqual(File.ReadAllBytes(path), written);
    }

    [Fact]
    public void Knows_what_the_weights_of_ResNet20_are_for()
    {
        var graph = OnnxReader.Read(SharedFiles.Model("resnet20-cifar10.onnx")).Graph;

        var norms = graph.Nodes.Where(node => node.Operator == "BatchNormalization").ToList();
        Assert.All(norms, norm => Assert.All(norm.Inputs[3..], name => Assert.Equal(WeightRole.Statistic, graph.Initializers[name].Role)));
        Assert.All(norms, norm => Assert.All(norm.Inputs[1..3], name => Assert.Equal(WeightRole.Parameter, graph.Initializers[name].Role)));
        Assert.InRange(
            graph.Initializers.Values.Where(i => i.Role == WeightRole.Parameter).Sum(i => i.Type.Shape.ElementCount),
            260_000,
            280_000
        );
    }
}
