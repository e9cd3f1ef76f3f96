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
    [InlineData("01-batch1-weight-reshape-silently-wrong")]
    [InlineData("01b-same-network-open-batch")]
    [InlineData("02-batch1-scale-view-1-neg1")]
    [InlineData("02b-batch1-scale-reshape-1-16-1-1")]
    [InlineData("06-pad-minus-infinity-before-maxpool")]
    [InlineData("07-batch1-squeeze")]
    [InlineData("07c-batch1-channel-shuffle-folded")]
    [InlineData("07d-batch1-concat-constant")]
    [InlineData("07f-batch1-flatten-axis0")]
    public void They_stay_the_network_of_the_file(string name)
    {
        var source = QuantizationSource.Read(SharedFiles.Case(name));

        var sample = SampleShape.Of(source.Model);
        var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1) with { Synthesis = null };
        var result = new ZeroShotQuantization(options).Run(source, images: new CalibrationData(NoiseImages.Of(40, sample, 4), "noise"));

        Assert.False(source.Model.Graph.Inputs[0].Type.Shape[0].IsKnown);
        using var original = OnnxSession.Open(SharedFiles.Case(name));
        using var quantized = OnnxSession.Open(result.Onnx);
        var images = NoiseImages.Of(Images, sample, seed: 7);
        var decibels = SignalToNoise.Decibels(
            original.Run(images.As<float>().ToArray(), [.. images.Sizes]),
            quantized.Run(images.As<float>().ToArray(), [.. images.Sizes])
        );
        Assert.InRange(decibels, 25, 200);
        Assert.InRange(result.Evaluations[0].Decibels, 25, 200);
    }
}
