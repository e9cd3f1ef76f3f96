using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>Quantises complete files of exporters. The reference is ONNX Runtime with the original file.</summary>
[NoTensorLeaks]
public sealed class ExporterFilesTests
{
    private const int Images = 64;

    // Operators that have an integer kernel or are fused into one.
    private static readonly HashSet<string> Floats =
    [
        "Add",
        "Mul",
        "Relu",
        "Clip",
        "Sigmoid",
        "HardSigmoid",
        "HardSwish",
        "ReduceMean",
        "GlobalAveragePool",
        "AveragePool",
    ];

    [Theory]
    [InlineData("dynamo", true)]
    [InlineData("dynamo-functions", true)]
    [InlineData("keras", true)]
    [InlineData("dynamo-folded", false)]
    [InlineData("tf2onnx", false)]
    public void Their_networks_run_on_integers_and_name_the_same_classes(string name, bool synthesizes)
    {
        var source = QuantizationSource.Read(ExporterFiles.Path(name));

        var result = new ZeroShotQuantization(Options(synthesizes)).Run(
            source,
            images: synthesizes ? null : new CalibrationData(NoiseImages.Of(40, [3, 16, 16], 4), "noise")
        );

        var kernels = KernelReport.Of(result.Onnx);
        Assert.True(kernels.AllConvolutionsInteger, kernels.ToString());
        Assert.Equal(0, kernels.FloatProducts);
        Assert.Equal(source.Model.Graph.Nodes.Count(node => node.Operator == "Conv"), kernels.IntegerConvolutions);
        Assert.DoesNotContain(kernels.Operators, kernel => Floats.Contains(kernel.FullName));
        Assert.InRange(result.Evaluations[0].SimulationVersusRuntime, 0.95, 1);
        var pixels = NoiseImages.Of(Images, [3, 16, 16], 7);
        Assert.InRange(
            Scores.Agreement(Run(File.ReadAllBytes(ExporterFiles.Path(name)), pixels), Run(result.Onnx, pixels), Images),
            0.9,
            1
        );
    }

    [Theory]
    [InlineData("tf2onnx", ImageLayout.ChannelsLast)]
    [InlineData("keras", ImageLayout.ChannelsLast)]
    [InlineData("dynamo", ImageLayout.ChannelsFirst)]
    public void Programs_go_on_giving_the_images_that_they_gave(string name, ImageLayout layout)
    {
        var source = QuantizationSource.Read(ExporterFiles.Path(name));
        var options = Options(synthesizes: false) with { AllowRounding = true };

        var input = OnnxReader.Read(new ZeroShotQuantization(options).Run(source).Onnx).Graph.Inputs[0];

        var original = OnnxReader.Read(ExporterFiles.Path(name)).Graph.Inputs[0];
        Assert.Equal((original.Name, original.Type.ToString()), (input.Name, input.Type.ToString()));
        Assert.Equal(layout, source.Layout);
        Assert.Equal(new Shape(original.Type.Shape[0], 3, 16, 16), source.Model.Graph.Inputs[0].Type.Shape);
    }

    [Fact]
    public void Hidden_batch_norms_leave_nothing_to_synthesise_from() =>
        Assert.Equal(new BatchNormReport(0, 7, 0, 0), QuantizationSource.Read(ExporterFiles.Path("tf2onnx")).BatchNorms);

    private static QuantizationOptions Options(bool synthesizes)
    {
        var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1);
        return options with
        {
            Synthesis = synthesizes ? options.Synthesis! with { Samples = 80, BatchSize = 40, Steps = 12, LearningRate = 0.2 } : null,
        };
    }

    // Runs each file on images with the axes in the order that it expects.
    private static float[] Run(ReadOnlyMemory<byte> onnx, TensorData images)
    {
        using var session = OnnxSession.Open(onnx, new OnnxSessionOptions { Threads = 1 });
        var given = session.Contract.Input is ImageInput { Layout: ImageLayout.ChannelsLast } ? images.Transpose(0, 2, 3, 1) : images;
        return session.Run(given.As<float>().ToArray(), [.. given.Sizes]);
    }
}
