using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;

namespace Tacit.Graphs.Tests.Onnx;

/// <summary>
/// Reads complete files of exporters and converts them to the form that is quantised. The reference is ONNX Runtime with the original file.
/// </summary>
public sealed class ExporterFilesTests
{
    public static TheoryData<string> Files => ["dynamo", "dynamo-folded", "dynamo-functions", "tf2onnx", "keras"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Gives_the_same_numbers_in_every_form(string name)
    {
        var file = File.ReadAllBytes(ExporterFiles.Path(name));
        var model = OnnxReader.Read(ExporterFiles.Path(name));
        var folded = ConstantFolding.Apply(model);
        var form = Canonicalization.Apply(folded);

        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(model));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(form));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(DecomposedBatchNormFolding.Apply(form)));
    }

    [Theory]
    [InlineData("dynamo", 6, 0, 0, 0)]
    [InlineData("dynamo-folded", 0, 0, 6, 0)]
    [InlineData("dynamo-functions", 3, 0, 0, 0)]
    [InlineData("tf2onnx", 0, 7, 0, 0)]
    [InlineData("keras", 3, 0, 2, 0)]
    public void The_report_knows_their_batch_norms(string name, int kept, int hidden, int folded, int bare) =>
        Assert.Equal(new BatchNormReport(kept, hidden, folded, bare), BatchNormReport.Of(Form(name)));

    [Theory]
    [InlineData(
        "dynamo",
        "Conv Relu Shape Squeeze Reshape Concat Expand Add Conv Relu Conv Add Relu Conv Relu Conv Conv Add Relu GlobalAveragePool Reshape Gemm"
    )]
    [InlineData("dynamo-functions", "Conv Relu Conv HardSigmoid Mul Conv Add Relu GlobalAveragePool Reshape Gemm")]
    [InlineData(
        "tf2onnx",
        "Transpose Conv Clip Conv Clip Conv Clip Conv Add Conv Clip Pad Conv Clip Conv MaxPool Concat GlobalAveragePool Flatten Gemm Softmax"
    )]
    [InlineData(
        "keras",
        "Transpose Conv Relu Conv GlobalAveragePool Flatten Reshape Conv Relu Conv Sigmoid Mul Add Conv Relu AveragePool Transpose Reshape Gemm Relu Gemm"
    )]
    public void Nothing_is_left_of_their_forms(string name, string operators) =>
        Assert.Equal(
            operators,
            string.Join(
                ' ',
                DecomposedBatchNormFolding
                    .Apply(Form(name))
                    .Graph.Nodes.Select(node => node.Operator)
                    .Where(name => name != "BatchNormalization")
            )
        );

    [Fact]
    public void The_batch_stays_open()
    {
        foreach (var name in Files.Select(row => row.Data))
        {
            var graph = Form(name).Graph;

            Assert.Equal(graph.Inputs[0].Type.Shape[0], graph.Outputs[0].Type.Shape[0]);
            Assert.False(graph.Inputs[0].Type.Shape[0].IsKnown);
        }
    }

    private static Model Form(string name) => Canonicalization.Apply(ConstantFolding.Apply(OnnxReader.Read(ExporterFiles.Path(name))));
}
