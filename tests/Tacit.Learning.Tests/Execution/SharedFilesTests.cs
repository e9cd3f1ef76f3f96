using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

/// <summary>Networks of other exporters that could not be read or executed once. The reference is ONNX Runtime with the original file.</summary>
[NoTensorLeaks]
public sealed class SharedFilesTests
{
    private const int Batch = 2;

    // The rounding of a sigmoid near 0.
    private const double SinglePrecision = 1e-6;

    [Theory]
    [InlineData("03-matmul-constant-of-rank-3")]
    [InlineData("04-sum-residual")]
    [InlineData("05-head-n-c-1-1")]
    [InlineData("06-pad-minus-infinity-before-maxpool")]
    [InlineData("08-uint8-input-message")]
    [InlineData("09-opset8-cntk")]
    [InlineData("10-several-outputs-inspect")]
    [InlineData("13-unused-second-input")]
    [InlineData("14-argmax-output")]
    [InlineData("15-lrn")]
    [InlineData("16-resize-cubic")]
    [InlineData("17-split-num-outputs-uneven")]
    [InlineData("18-averagepool-dilations-opset19")]
    [InlineData("19-input-without-batch")]
    public void A_case_gives_the_runtimes_values(string name) => Check(SharedFiles.Case(name));

    [Theory]
    [InlineData("one")]
    [InlineData("two")]
    public void A_case_with_external_weights_gives_the_runtimes_values(string folder) =>
        Check(SharedFiles.Case($"22-external-data-not-counted/{folder}"));

    [Theory]
    [InlineData("fastestdet")]
    [InlineData("fsanet1")]
    [InlineData("light_bvlc_alexnet")]
    [InlineData("light_densenet121")]
    [InlineData("light_resnet50")]
    [InlineData("light_squeezenet")]
    [InlineData("mnist_cntk")]
    [InlineData("rfb320")]
    [InlineData("yunet_n")]
    public void A_real_network_gives_the_runtimes_values(string name) => Check(SharedFiles.Model($"real/{name}.onnx"));

    [Fact]
    public void A_batch_norm_that_divides_by_zero_is_named() =>
        Assert.Contains(
            "divides by zero",
            Assert.Throws<UnsuitableModelException>(() => OnnxReader.Read(SharedFiles.Case("11-bn-variance0-epsilon0"))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Networks_of_different_external_weights_have_different_hashes()
    {
        var one = OriginalNetwork.Of(SharedFiles.Case("22-external-data-not-counted/one"));
        var two = OriginalNetwork.Of(SharedFiles.Case("22-external-data-not-counted/two"));

        Assert.NotEqual(one.Hash, two.Hash);
        Assert.Equal(1_618 + 12_136, one.Bytes);
    }

    private static void Check(string path)
    {
        var model = OnnxReader.Read(path);
        var draw = new Draw(1);
        var inputs = model.Graph.Inputs.ToDictionary(input => input.Name, input => Drawn(input.Type, draw), StringComparer.Ordinal);

        var expected = RuntimeReference.Run(path, inputs);
        var actual = Execute(model, inputs);

        Assert.Equal(expected.Length, actual.Length);
        Assert.All(
            expected.Zip(actual, (wanted, got) => CaseComparison.Tensors(wanted, got, path)),
            deviation =>
                Assert.True(deviation.Relative <= CaseComparison.Tolerance || deviation.Absolute <= SinglePrecision, deviation.Where)
        );
    }

    private static TensorData Drawn(TensorType type, Draw draw)
    {
        long[] sizes = [.. type.Shape.Select(dimension => dimension.IsKnown ? dimension.Size : Batch)];
        return type.Element == ElementType.UInt8 ? draw.Bytes(sizes) : draw.Floats(sizes);
    }

    private static TensorData[] Execute(Model model, Dictionary<string, TensorData> inputs)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var activations = new GraphModule(model).Run(
            weights,
            inputs.ToDictionary(input => input.Key, input => input.Value.ToTensor(), StringComparer.Ordinal)
        );
        return [.. model.Graph.Outputs.Select(output => activations[output.Name].ToData())];
    }
}
