using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Learning.Quantization;

/// <summary>The documented sets of options (<see cref="QuantizationOptions.Of"/>).</summary>
public enum QuantizationPreset
{
    /// <summary>Takes minutes on two cores: 512 samples or 64 clips, and Adam with warm-up and clipping.</summary>
    Fast,

    /// <summary>The published budget and recipe; where the paper is silent, those of the authors' code.</summary>
    Paper,

    /// <summary>The published number of samples with the recipe of <see cref="Fast"/>. The most accurate and the slowest.</summary>
    Best,
}

/// <summary>Specifies a <see cref="ZeroShotQuantization"/>. Immutable; each value is checked when it is set.</summary>
/// <remarks>The defaults are those of <see cref="QuantizationPreset.Paper"/>, except for <see cref="Ranges"/>.</remarks>
/// <example><code>
/// var bits = new BitWidths { Weights = 4, Activations = 8 };
/// var options = QuantizationOptions.Of(QuantizationPreset.Fast, bits, seed: 0) with { Storage = WeightStorage.Packed };
/// </code></example>
public sealed record QuantizationOptions
{
    /// <summary>The bits of weights and activations. Default 8 everywhere.</summary>
    public BitWidths Bits { get; init; } = new();

    /// <summary>
    /// The largest size of the file in bytes, above 0. A search then chooses the bits of the weights of each layer, except for
    /// layers that <see cref="Bits"/> names, and <see cref="Storage"/> must be <see cref="WeightStorage.Packed"/>. Default null: every
    /// layer has the bits of <see cref="Bits"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public long? MaxBytes
    {
        get;
        init =>
            field = value is null or > 0
                ? value
                : throw new ArgumentOutOfRangeException(nameof(MaxBytes), value, $"MaxBytes must be positive, not {value}.");
    }

    /// <summary>The options of the synthesis; null to synthesise nothing, if images are given instead.</summary>
    public SynthesisOptions? Synthesis { get; init; } = new();

    /// <summary>
    /// Whether a network without batch norms may be rounded without any images, with ranges observed on noise. Default false,
    /// because the result may be useless.
    /// </summary>
    public bool AllowRounding { get; init; }

    /// <summary>
    /// Whether networks whose weights and activations have 7 or 8 bits are fine-tuned as well. Default false: rounding is usually enough
    /// for them.
    /// </summary>
    public bool AlwaysFineTunes { get; init; }

    /// <summary>
    /// The options of the fine-tuning. Unless <see cref="AlwaysFineTunes"/>, not used if all weights and activations have 7 or 8 bits, because rounding is then enough.
    /// Its seed is also that of random images.
    /// </summary>
    public FineTuningOptions FineTuning { get; init; } = new();

    /// <summary>The estimator of the ranges of activations. Default <see cref="RangeEstimator.MeanSquaredError"/>.</summary>
    public RangeEstimator Ranges { get; init; } = RangeEstimator.MeanSquaredError;

    /// <summary>The storage of integer weights. Default one byte each.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>
    /// The share of samples by which the result is judged, above 0 and at most 0.5. They are used neither for ranges nor for
    /// fine-tuning. Default 0.2; at least one sample.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double HeldOut
    {
        get;
        init =>
            field = value is > 0 and <= 0.5
                ? value
                : throw new ArgumentOutOfRangeException(nameof(HeldOut), value, $"HeldOut must be above 0 and at most 0.5, not {value}.");
    } = 0.2;

    /// <summary>The contradictions between options, one line each; empty if there are none.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Violations =>
        MaxBytes is not null && Storage != WeightStorage.Packed
            ?
            [
                $"{nameof(QuantizationOptions)}.{nameof(MaxBytes)} packs weights: {nameof(QuantizationOptions)}.{nameof(Storage)} must be packed",
            ]
            : [];

    /// <summary>Returns the options of a preset.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="bits">The bits of weights and activations.</param>
    /// <param name="seed">The seed of synthesis and fine-tuning.</param>
    /// <param name="task">The meaning of the outputs. The learning rate is lower if they are not classes. Default classes.</param>
    /// <param name="isVideo">
    /// Whether the network takes clips. <see cref="QuantizationPreset.Fast"/> then makes fewer samples in fewer steps. Default false.
    /// </param>
    public static QuantizationOptions Of(
        QuantizationPreset preset,
        BitWidths bits,
        ulong seed,
        NetworkTask task = NetworkTask.Classes,
        bool isVideo = false
    ) =>
        preset switch
        {
            QuantizationPreset.Paper => new()
            {
                Bits = bits,
                Ranges = RangeEstimator.MinMax,
                Synthesis = new() { Seed = seed },
                FineTuning = new() { Seed = seed },
            },
            QuantizationPreset.Best => new()
            {
                Bits = bits,
                Synthesis = new()
                {
                    Seed = seed,
                    Steps = 500,
                    LearningRate = 0.2,
                    Schedule = SynthesisSchedule.Cosine,
                },
                FineTuning = Recipe(seed, task) with { Steps = 8000, BatchSize = 64, WarmUp = 100 },
            },
            _ => new()
            {
                Bits = bits,
                Synthesis = new()
                {
                    Seed = seed,
                    Samples = isVideo ? 64 : 512,
                    Steps = isVideo ? 80 : 200,
                    LearningRate = 0.2,
                    Schedule = SynthesisSchedule.Cosine,
                },
                FineTuning = Recipe(seed, task) with { Steps = isVideo ? 40 : 300 },
            },
        };

    // Settings chosen by agreement, or cosine similarity, on held-out synthetic samples.
    private static FineTuningOptions Recipe(ulong seed, NetworkTask task) =>
        new()
        {
            Seed = seed,
            Steps = 300,
            BatchSize = 32,
            AdamW = true,
            LearningRate = task == NetworkTask.Classes ? 1e-3 : 1e-4,
            Schedule = FineTuningSchedule.WarmUpCosine,
            WarmUp = 25,
            GradientNorm = 1,
            WeightDecay = 0,
            CropArea = 1,
        };
}
