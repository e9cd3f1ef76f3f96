using System.Collections.Immutable;

namespace Tacit.Learning.Quantization;

/// <summary>How well one activation of the float network survived.</summary>
/// <param name="Value">The name of the activation.</param>
/// <param name="Bits">The bits it is held in.</param>
/// <param name="Decibels">The signal-to-noise ratio, 10 · log10(sum x² / sum (x - x̂)²), on held-out samples.</param>
public sealed record ActivationNoise(string Value, int Bits, double Decibels);

/// <summary>What came of a quantisation. Agreements are shares from 0 to 1 of equal top-1 classes on held-out synthetic samples.</summary>
public sealed record QuantizationResult
{
    /// <summary>The quantised network as an ONNX file.</summary>
    public required ReadOnlyMemory<byte> Onnx { get; init; }

    /// <summary>The size of the float network's file in bytes.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>The size of <see cref="Onnx"/> in bytes.</summary>
    public long BytesAfter => Onnx.Length;

    /// <summary>Between the exported network in ONNX Runtime and the float network.</summary>
    public required double Agreement { get; init; }

    /// <summary>The same for plain rounding: no fine-tuning, ranges from the extremes.</summary>
    public required double AgreementRounding { get; init; }

    /// <summary>Between the simulation that was trained and the exported network in ONNX Runtime.</summary>
    public required double SimulationVersusRuntime { get; init; }

    /// <summary>The number of held-out samples that the agreements are shares of.</summary>
    public required int HeldOut { get; init; }

    /// <summary>The activations, in the order of computation.</summary>
    public required ImmutableArray<ActivationNoise> Activations { get; init; }

    /// <summary>The samples.</summary>
    public required SyntheticSet Samples { get; init; }

    /// <summary>The float network's probability of each sample's class.</summary>
    public required ImmutableArray<float> Confidences { get; init; }

    /// <summary>The operators that ONNX Runtime runs after its optimisation, with their number.</summary>
    public required ImmutableArray<KeyValuePair<string, int>> Kernels { get; init; }
}
