using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Learning.Quantization;

/// <summary>A documented set of options.</summary>
public enum QuantizationPreset
{
    /// <summary>Minutes on two cores: 512 samples, of clips 64; Adam with warm-up and clipping.</summary>
    Fast,

    /// <summary>The published budget and recipe, of the authors' code where the paper is silent.</summary>
    Paper,

    /// <summary>The published number of samples with this project's recipe: the most accurate.</summary>
    Best,
}

/// <summary>The options of <see cref="ZeroShotQuantization"/>. Immutable; values are checked where they are set.</summary>
public sealed record QuantizationOptions
{
    /// <summary>The bits. Default 8 everywhere.</summary>
    public BitWidths Bits { get; init; } = new();

    /// <summary>
    /// The most bytes of the file; null gives every layer the bits of <see cref="Bits"/>. Else a search chooses the bits of each
    /// layer's weights, but for those that <see cref="Bits"/> names, and <see cref="Storage"/> must be packed. Default null.
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

    /// <summary>The options of synthesis; null synthesises nothing, where images are given instead.</summary>
    public SynthesisOptions? Synthesis { get; init; } = new();

    /// <summary>
    /// Whether a network without batch norms may be rounded without any images, with ranges observed on noise. Default false: the
    /// result may be useless.
    /// </summary>
    public bool AllowRounding { get; init; }

    /// <summary>The options of fine-tuning; not used where all weights and activations have 7 or 8 bits, for which rounding is enough.</summary>
    public FineTuningOptions FineTuning { get; init; } = new();

    /// <summary>How ranges of activations follow from the samples. Default mean squared error.</summary>
    public RangeEstimator Ranges { get; init; } = RangeEstimator.MeanSquaredError;

    /// <summary>How integers of weights are stored. Default one byte each.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>The share of samples that is held out of ranges and fine-tuning to judge the result by, above 0 and at most 0.5. Default 0.2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double HeldOut
    {
        get;
        init =>
            field = value is > 0 and <= 0.5
                ? value
                : throw new ArgumentOutOfRangeException(nameof(HeldOut), value, $"HeldOut must be above 0 and at most 0.5, not {value}.");
    } = 0.2;

    /// <summary>The rules between options that are broken, a line each; none where the options go together.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Violations =>
        MaxBytes is not null && Storage != WeightStorage.Packed
            ?
            [
                $"{nameof(QuantizationOptions)}.{nameof(MaxBytes)} packs weights: {nameof(QuantizationOptions)}.{nameof(Storage)} must be packed",
            ]
            : [];

    /// <summary>The options of a preset.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="bits">The bits.</param>
    /// <param name="seed">The seed of all randomness.</param>
    /// <param name="task">What the network's output means.</param>
    /// <param name="isVideo">Whether it takes clips, of which <see cref="QuantizationPreset.Fast"/> makes fewer in fewer steps.</param>
    public static QuantizationOptions Of(
        QuantizationPreset preset,
        BitWidths bits,
        ulong seed,
        NetworkTask task = NetworkTask.Classifier,
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
            LearningRate = task == NetworkTask.Encoder ? 1e-4 : 1e-3,
            Schedule = FineTuningSchedule.WarmUpCosine,
            WarmUp = 25,
            GradientNorm = 1,
            WeightDecay = 0,
            CropArea = 1,
        };
}
