using System.Collections.Immutable;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Quantization;

/// <summary>How well one activation of the float network survived.</summary>
/// <param name="Value">The name of the activation.</param>
/// <param name="Bits">The bits it is held in.</param>
/// <param name="Decibels">The signal-to-noise ratio, 10 · log10(sum x² / sum (x - x̂)²), on held-out samples.</param>
public sealed record ActivationNoise(string Value, int Bits, double Decibels);

/// <summary>The bits of a layer's weights.</summary>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Weights">The number of its weights.</param>
/// <param name="Bits">The bits of each.</param>
public sealed record LayerWidth(string Layer, long Weights, int Bits);

/// <summary>
/// How alike networks are on held-out samples of one kind. Of classifiers it is the share of samples, 0 to 1, that get the same class;
/// of encoders the mean cosine similarity of their features, -1 to 1.
/// </summary>
/// <param name="On">The samples: "synthetic samples", "images", "clips", "noise".</param>
/// <param name="Count">Their number.</param>
/// <param name="Agreement">The exported network and the float network's file, both in ONNX Runtime.</param>
/// <param name="Rounding">Plain rounding and the float network's file: no fine-tuning, ranges from the extremes.</param>
/// <param name="ZeroShot">The network quantised on synthetic samples alone and the float network's file; null where that is the exported one or there is none.</param>
/// <param name="SimulationVersusRuntime">The simulation that was trained and the exported network in ONNX Runtime.</param>
public sealed record QuantizationEvaluation(
    string On,
    int Count,
    double Agreement,
    double Rounding,
    double? ZeroShot,
    double SimulationVersusRuntime
)
{
    /// <summary>The signal-to-noise ratio of the exported network's output to that of the float network's file, in decibels, both in ONNX Runtime.</summary>
    public double Decibels { get; init; }

    /// <summary>The signal-to-noise ratio of the exported network's output in ONNX Runtime to the simulation's, in decibels.</summary>
    public double SimulationDecibels { get; init; }
}

/// <summary>What came of a quantisation.</summary>
public sealed record QuantizationResult
{
    /// <summary>The quantised network as an ONNX file.</summary>
    public required ReadOnlyMemory<byte> Onnx { get; init; }

    /// <summary>The size of the float network's file in bytes.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>The size of <see cref="Onnx"/> in bytes.</summary>
    public long BytesAfter => Onnx.Length;

    /// <summary>What the network's output means, and so what <see cref="Evaluations"/> compare.</summary>
    public required NetworkTask Task { get; init; }

    /// <summary>The likeness to the float network on each kind of samples, synthetic ones first.</summary>
    public required ImmutableArray<QuantizationEvaluation> Evaluations { get; init; }

    /// <summary>The layers, in the order of computation.</summary>
    public required ImmutableArray<LayerWidth> Layers { get; init; }

    /// <summary>The activations, in the order of computation.</summary>
    public required ImmutableArray<ActivationNoise> Activations { get; init; }

    /// <summary>The synthetic samples; null where there are none.</summary>
    public required SyntheticSet? Samples { get; init; }

    /// <summary>The float network's probability of each synthetic sample's class; none of an encoder.</summary>
    public required ImmutableArray<float> Confidences { get; init; }

    /// <summary>The operators that ONNX Runtime runs after its optimisation, and whether they can saturate.</summary>
    public required KernelReport Kernels { get; init; }
}
