using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>Networks that were once quantised incorrectly. The reference is ONNX Runtime with the original file.</summary>
[NoTensorLeaks]
public sealed class SharedCasesTests
{
    private const int Images = 32;

    [Theory]
    [InlineData("01-batch1-weight-reshape-silently-wrong", true)]
    [InlineData("01b-same-network-open-batch", true)]
    [InlineData("02-batch1-scale-view-1-neg1", true)]
    [InlineData("02b-batch1-scale-reshape-1-16-1-1", true)]
    [InlineData("03-matmul-constant-of-rank-3", true)]
    [InlineData("04-sum-residual", true)]
    [InlineData("06-pad-minus-infinity-before-maxpool", true)]
    [InlineData("07-batch1-squeeze", false)]
    [InlineData("07c-batch1-channel-shuffle-folded", false)]
    [InlineData("07d-batch1-concat-constant", false)]
    [InlineData("07f-batch1-flatten-axis0", false)]
    [InlineData("09-opset8-cntk", true)]
    [InlineData("15-lrn", true)]
    [InlineData("16-resize-cubic", true)]
    [InlineData("17-split-num-outputs-uneven", true)]
    [InlineData("18-averagepool-dilations-opset19", true, 15)]
    public void They_stay_the_network_of_the_file(string name, bool opens, double least = 25)
    {
        var source = QuantizationSource.Read(SharedFiles.Case(name));

        var sample = VectorNetwork.Sizes(source.Model).Sample;
        var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1) with { Synthesis = null };
        var result = new ZeroShotQuantization(options).Run(source, images: new CalibrationData(NoiseImages.Of(40, sample, 4), "noise"));

        Assert.Equal(opens, !source.Model.Graph.Inputs[0].Type.Shape[0].IsKnown);
        using var original = OnnxSession.Open(SharedFiles.Case(name));
        using var quantized = OnnxSession.Open(result.Onnx);
        var images = NoiseImages.Of(Images, sample, seed: 7);
        var decibels = SignalToNoise.Decibels(
            original.Run(images.As<float>().ToArray(), [.. images.Sizes]),
            quantized.Run(images.As<float>().ToArray(), [.. images.Sizes])
        );
        Assert.InRange(decibels, least, 200);
        Assert.InRange(result.Evaluations[0].Decibels, least, 200);
    }
}
