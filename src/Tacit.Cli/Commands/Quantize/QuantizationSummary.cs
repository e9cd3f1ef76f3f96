using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>How well an activation survived: the power of the signal over that of the error, in decibels.</summary>
internal sealed record LayerNoise(string Name, int Bits, double Decibels);

/// <summary>A hard sample as a picture.</summary>
/// <param name="Png">The image file.</param>
/// <param name="Class">The class or prototype it was made for.</param>
/// <param name="Confidence">The float network's probability for that class, 0 to 1; null of an encoder.</param>
/// <param name="IsStrip">Whether it is frames of a clip, side by side.</param>
internal sealed record SamplePicture(byte[] Png, string Class, double? Confidence, bool IsStrip = false);

/// <summary>A name and a value, as text.</summary>
internal sealed record Fact(string Name, string Value);

/// <summary>What a finished quantisation has to say, for the console, for --json and for the page.</summary>
internal sealed record QuantizationSummary : RunSummary
{
    /// <summary>The network's file.</summary>
    public required string Model { get; init; }

    /// <summary>The file written.</summary>
    public required string Output { get; init; }

    /// <summary>Bits of weights.</summary>
    public required int WeightBits { get; init; }

    /// <summary>Bits of activations.</summary>
    public required int ActivationBits { get; init; }

    /// <summary>The preset's name.</summary>
    public required string Preset { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>What the network's output means, and so what <see cref="Evaluations"/> compare.</summary>
    public NetworkTask Task { get; init; }

    /// <summary>The images or videos that were learnt from; null where there are none.</summary>
    public string? Calibration { get; init; }

    /// <summary>Whether samples are clips.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Synthetic samples.</summary>
    public required int Samples { get; init; }

    /// <summary>The size of the network's file.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>The size of the file written.</summary>
    public required long BytesAfter { get; init; }

    /// <summary>The likeness to the float network on each kind of held-out samples.</summary>
    public required IReadOnlyList<QuantizationEvaluation> Evaluations { get; init; }

    /// <summary>The activations, in the network's order.</summary>
    public IReadOnlyList<LayerNoise> Layers { get; init; } = [];

    /// <summary>The bits of the layers' weights, in the network's order.</summary>
    public IReadOnlyList<LayerWidth> Weights { get; init; } = [];

    /// <summary>The bits of weights as text: "4", "8 (7 used)" in the safe range, or "2 to 8 (3.1 on average)".</summary>
    public string WeightBitsText
    {
        get
        {
            if (WeightBits == 8 && Weights.Count > 0 && Weights.All(layer => layer.Bits == 7))
            {
                return "8 (7 used)";
            }

            var widths = Weights.Select(layer => layer.Bits).DefaultIfEmpty(WeightBits).ToList();
            var mean = Weights.Sum(layer => (double)layer.Weights * layer.Bits) / Math.Max(1, Weights.Sum(layer => layer.Weights));
            return widths.Min() == widths.Max()
                ? $"{widths[0]}"
                : string.Create(CultureInfo.InvariantCulture, $"{widths.Min()} to {widths.Max()} ({mean:0.0} on average)");
        }
    }

    /// <summary>The operators that ONNX Runtime runs, and whether they can saturate.</summary>
    public KernelReport Kernels { get; init; } = new([], []);

    /// <summary>Losses of the synthesis.</summary>
    public IReadOnlyList<Curve> SynthesisLosses { get; init; } = [];

    /// <summary>Losses of the fine-tuning.</summary>
    public IReadOnlyList<Curve> FineTuningLosses { get; init; } = [];

    /// <summary>Some of the samples.</summary>
    public IReadOnlyList<SamplePicture> Pictures { get; init; } = [];

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The settings used.</summary>
    public IReadOnlyList<Fact> Settings { get; init; } = [];

    /// <summary>A likeness as text: "98.44 %" of a classifier's classes, "0.9844" of an encoder's features.</summary>
    public string Likeness(double value) =>
        Task == NetworkTask.Encoder ? value.ToString("0.0000", CultureInfo.InvariantCulture) : Format.Percent(100 * value);

    /// <summary>A signal-to-noise ratio as text: "36.0 dB"; "no error" where there is none.</summary>
    public static string Decibels(double value) =>
        double.IsPositiveInfinity(value) ? "no error" : value.ToString("0.0", CultureInfo.InvariantCulture) + " dB";

    /// <inheritdoc/>
    public override void Write(IAnsiConsole console) => QuantizationText.Write(console, this);

    /// <summary>The object of --json; agreements of classes are in percent, cosine similarities of features are not.</summary>
    public override object ToJson() =>
        new
        {
            output = Output,
            task = Task.ToString().ToLowerInvariant(),
            report = Report,
            run = Run,
            bits = new { weights = WeightBitsText, activations = ActivationBits },
            preset = Preset,
            seed = Seed,
            samples = Samples,
            calibration = Calibration,
            bytes_before = BytesBefore,
            bytes_after = BytesAfter,
            held_out = Evaluations[0].Count,
            agreement = Agreement(Evaluations[0].Agreement),
            agreement_rounding = Agreement(Evaluations[0].Rounding),
            cosine_similarity = Cosine(Evaluations[0].Agreement),
            cosine_similarity_rounding = Cosine(Evaluations[0].Rounding),
            snr_db = Evaluations[0].Decibels,
            simulation_vs_runtime = Agreement(Evaluations[0].SimulationVersusRuntime) ?? Evaluations[0].SimulationVersusRuntime,
            judgements = Evaluations.Select(judgement => new
            {
                on = judgement.On,
                count = judgement.Count,
                agreement = Agreement(judgement.Agreement),
                cosine_similarity = Cosine(judgement.Agreement),
                snr_db = judgement.Decibels,
                simulation_snr_db = judgement.SimulationDecibels,
                rounding = Agreement(judgement.Rounding) ?? judgement.Rounding,
                zero_shot = Agreement(judgement.ZeroShot) ?? judgement.ZeroShot,
                simulation_vs_runtime = Agreement(judgement.SimulationVersusRuntime) ?? judgement.SimulationVersusRuntime,
            }),
            seconds = Seconds,
            layers = Layers.Select(layer => new
            {
                name = layer.Name,
                bits = layer.Bits,
                snr_db = layer.Decibels,
            }),
            weights = Weights.Select(layer => new
            {
                layer = layer.Layer,
                count = layer.Weights,
                bits = layer.Bits,
            }),
            kernels = Kernels.Counts.ToDictionary(kernel => kernel.Key, kernel => kernel.Value),
            saturating = Kernels.Saturating.Select(bound => bound.Layer),
            largest_pair = Kernels.LargestPair,
            processor = IntegerInstructions.Name,
            remarks = Remarks,
        };

    private double? Agreement(double? share) => Task == NetworkTask.Classifier ? 100 * share : null;

    private double? Cosine(double likeness) => Task == NetworkTask.Encoder ? likeness : null;
}
