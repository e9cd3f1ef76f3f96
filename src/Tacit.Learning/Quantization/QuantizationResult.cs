using System.Collections.Immutable;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Quantization;

/// <summary>The noise that quantisation adds to one activation of the network.</summary>
/// <param name="Value">The name of the activation.</param>
/// <param name="Bits">The bits of the activation, 2 to 8.</param>
/// <param name="Decibels">
/// The signal-to-noise ratio on held-out samples, 10 · log₁₀(Σ x² / Σ (x - x̂)²), where x is the value in the float network and x̂ in
/// the quantised one. Higher is better.
/// </param>
public sealed record ActivationNoise(string Value, int Bits, double Decibels);

/// <summary>The bits of a layer's weights.</summary>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Weights">The number of its weights.</param>
/// <param name="Bits">The bits of each weight, 2 to 8.</param>
public sealed record LayerWidth(string Layer, long Weights, int Bits);

/// <summary>
/// The likeness of networks on held-out samples of one kind. For classes it is the share of samples that both assign the same class, 0 to
/// 1; for features and maps it is the mean cosine similarity of the outputs, -1 to 1.
/// </summary>
/// <param name="On">The kind of samples: "synthetic samples", "images", "clips" or "noise".</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Agreement">The likeness of the exported file to the float file, both in ONNX Runtime.</param>
/// <param name="Rounding">The likeness of plain rounding to the float file: no fine-tuning, and ranges from the extremes.</param>
/// <param name="ZeroShot">
/// The likeness of the network quantised on synthetic samples alone to the float file; null if that is the exported one or there
/// is none.
/// </param>
/// <param name="SimulationVersusRuntime">The likeness of the trained simulation to the exported file in ONNX Runtime.</param>
public sealed record QuantizationEvaluation(
    string On,
    int Count,
    double Agreement,
    double Rounding,
    double? ZeroShot,
    double SimulationVersusRuntime
)
{
    /// <summary>The difference between each output of the exported file and that of the float file.</summary>
    public required ImmutableArray<OutputDifference> Outputs { get; init; }

    /// <summary>
    /// The lowest signal-to-noise ratio of a floating-point output of the exported file to that of the float file, in decibels.
    /// </summary>
    public double Decibels => OutputDifference.Lowest(Outputs);

    /// <summary>The lowest signal-to-noise ratio of an output of the exported file to that of the simulation, in decibels.</summary>
    public required double SimulationDecibels { get; init; }
}

/// <summary>The result of a <see cref="ZeroShotQuantization"/>: the quantised file, and how it compares with the float one.</summary>
public sealed record QuantizationResult
{
    /// <summary>The bytes of the quantised ONNX file.</summary>
    public required ReadOnlyMemory<byte> Onnx { get; init; }

    /// <summary>The size of the float file in bytes, without external data.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>The size of <see cref="Onnx"/> in bytes.</summary>
    public long BytesAfter => Onnx.Length;

    /// <summary>The meaning of the outputs of the network, which determines what <see cref="Evaluations"/> compare.</summary>
    public required NetworkTask Task { get; init; }

    /// <summary>The likeness to the float network on each kind of samples, synthetic ones first.</summary>
    public required ImmutableArray<QuantizationEvaluation> Evaluations { get; init; }

    /// <summary>The bits of the weights of each layer, in the order of computation.</summary>
    public required ImmutableArray<LayerWidth> Layers { get; init; }

    /// <summary>The noise of each quantised activation, in the order of computation.</summary>
    public required ImmutableArray<ActivationNoise> Activations { get; init; }

    /// <summary>The synthetic samples; null if nothing was synthesised.</summary>
    public required SyntheticSet? Samples { get; init; }

    /// <summary>The float network's probability of the class of each synthetic sample, 0 to 1; empty if the outputs are not classes.</summary>
    public required ImmutableArray<float> Confidences { get; init; }

    /// <summary>The kernels that ONNX Runtime uses after its own optimisation, and whether they can saturate.</summary>
    public required KernelReport Kernels { get; init; }
}
