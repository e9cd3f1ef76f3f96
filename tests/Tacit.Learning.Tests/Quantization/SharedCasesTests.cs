using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
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
    [InlineData("01-batch1-weight-reshape-silently-wrong")]
    [InlineData("01b-same-network-open-batch")]
    [InlineData("02-batch1-scale-view-1-neg1")]
    [InlineData("02b-batch1-scale-reshape-1-16-1-1")]
    [InlineData("03-matmul-constant-of-rank-3")]
    [InlineData("04-sum-residual")]
    [InlineData("05-head-n-c-1-1")]
    [InlineData("06-pad-minus-infinity-before-maxpool")]
    [InlineData("07-batch1-squeeze")]
    [InlineData("07c-batch1-channel-shuffle-folded")]
    [InlineData("07d-batch1-concat-constant")]
    [InlineData("07f-batch1-flatten-axis0")]
    [InlineData("09-opset8-cntk")]
    [InlineData("10-several-outputs-inspect")]
    [InlineData("12-message-none-or-folded")]
    [InlineData("13-unused-second-input")]
    [InlineData("15-lrn")]
    [InlineData("16-resize-cubic")]
    [InlineData("17-split-num-outputs-uneven")]
    [InlineData("18-averagepool-dilations-opset19", 15)]
    [InlineData("20-outlier-channel")]
    public void They_stay_the_network_of_the_file(string name, double least = 25)
    {
        var source = QuantizationSource.Read(SharedFiles.Case(name));

        var sample = SampleShape.Of(source.Model);
        var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1) with { Synthesis = null };
        var result = new ZeroShotQuantization(options).Run(source, images: new CalibrationData(NoiseImages.Of(40, sample, 4), "noise"));

        Assert.False(source.Model.Graph.Inputs[0].Type.Shape[0].IsKnown);
        using var original = source.Original.Open();
        using var quantized = OnnxSession.Open(result.Onnx);
        var images = NoiseImages.Of(Images, sample, seed: 7);
        var comparison = OutputComparison.Of(original, quantized);
        comparison.Add(original.RunAll(images), quantized.RunAll(images), Images);
        Assert.InRange(comparison.LowestDecibels, least, 200);
        Assert.InRange(result.Evaluations[0].Decibels, least, 200);
    }

    [Fact]
    public void The_best_classes_are_compared_where_the_file_gives_nothing_else()
    {
        var source = QuantizationSource.Read(SharedFiles.Case("14-argmax-output"));
        var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1) with { Synthesis = null };
        var images = new CalibrationData(NoiseImages.Of(80, SampleShape.Of(source.Model), 4), "noise");

        var result = new ZeroShotQuantization(options).Run(source, images: images);

        Assert.Equal(NetworkTask.Classes, result.Task);
        Assert.InRange(result.Evaluations[0].Agreement, 0.8, 1);
    }
}
