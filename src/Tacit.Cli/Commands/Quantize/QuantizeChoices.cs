using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>A preset, and what the command line changes of it.</summary>
internal sealed record QuantizeChoices
{
    /// <summary>The set of options that the others change.</summary>
    public QuantizationPreset Preset { get; init; }

    /// <summary>The bits, the range of weights among them.</summary>
    public BitWidths Bits { get; init; } = new();

    /// <summary>Whether the bits of all weights were chosen; else they are 8, or those that <see cref="MaxBytes"/> leaves room for.</summary>
    public bool ChoosesWeightBits { get; init; }

    /// <summary>The most bytes of the output; null for no limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How weights are stored.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of samples; null for the preset's.</summary>
    public int? Samples { get; init; }

    /// <summary>Steps of the synthesis of a batch; null for the preset's.</summary>
    public int? SynthesisSteps { get; init; }

    /// <summary>Steps of fine-tuning; null for the preset's.</summary>
    public int? Steps { get; init; }

    /// <summary>Whether the synthesis asks for hard samples; else for the statistics alone.</summary>
    public bool HardSamples { get; init; } = true;

    /// <summary>Whether samples are made harder in fine-tuning.</summary>
    public bool Promotion { get; init; } = true;

    /// <summary>Whether features are aligned in fine-tuning.</summary>
    public bool FeatureAlignment { get; init; } = true;

    /// <summary>Whether an encoder is distilled by prototypes; else by its features alone.</summary>
    public bool Prototypes { get; init; } = true;

    /// <summary>Whether samples are synthesised where the network has batch norms.</summary>
    public bool Synthesizes { get; init; } = true;

    /// <summary>Whether a network without batch norms may be rounded without any images.</summary>
    public bool AllowRounding { get; init; }

    /// <summary>The bytes that a step may take, about.</summary>
    public long MemoryLimit { get; init; } = 4L << 30;

    /// <summary>The preset's options for a network with what was asked for changed.</summary>
    /// <param name="source">The network: one without batch norms has nothing to synthesise samples from.</param>
    /// <param name="hasImages">Whether there are images or clips to learn from.</param>
    public QuantizationOptions Resolve(QuantizationSource source, bool hasImages = false)
    {
        var network = source.Model.Graph;
        var options = QuantizationOptions.Of(Preset, Bits, Seed, source.Task, isVideo: source.Contract.Input is ClipInput);
        return options with
        {
            MaxBytes = MaxBytes,
            AllowRounding = AllowRounding,
            Storage = Storage,
            Synthesis = !UsesSynthesis(network, hasImages)
                ? null
                : options.Synthesis! with
                {
                    Samples = Samples ?? options.Synthesis.Samples,
                    Steps = SynthesisSteps ?? options.Synthesis.Steps,
                    InceptionWeight = HardSamples ? options.Synthesis.InceptionWeight : 0,
                    MemoryLimit = MemoryLimit,
                },
            FineTuning = options.FineTuning with
            {
                Steps = Steps ?? options.FineTuning.Steps,
                Perturbation = Promotion ? options.FineTuning.Perturbation : 0,
                Prototypes = Prototypes,
                FeatureWeight = FeatureAlignment ? options.FineTuning.FeatureWeight : 0,
                MemoryLimit = MemoryLimit,
            },
        };
    }

    /// <summary>Makes sure that all that is asked for goes together.</summary>
    /// <param name="files">What is read and written.</param>
    /// <exception cref="UsageException">It does not; the message lists every violation.</exception>
    public void Check(QuantizeFiles files)
    {
        var hasSamples = files.SamplesFrom is not null;
        (bool IsBroken, string Line)[] rules =
        [
            .. new QuantizationOptions { MaxBytes = MaxBytes, Storage = Storage }.Violations.Select(line => (true, OptionNames.In(line))),
            (
                files.Calibration is null && files.CalibrationImages is not null,
                "--calibration-images is the most images of --calibration: give a folder or ZIP file with it"
            ),
            (
                MaxBytes is not null && ChoosesWeightBits,
                "--max-bytes chooses the bits of weights: leave out -w, and give single layers their bits with --bits"
            ),
            (hasSamples && !HardSamples, "--samples-from synthesises nothing: leave out --no-hard-samples"),
            (
                !Synthesizes && files.Calibration is null,
                "--no-synthesis leaves nothing to learn from: give images or videos with --calibration"
            ),
            (
                !Synthesizes && (hasSamples || files.KeepSamples is not null),
                "--no-synthesis uses no samples: leave out --samples-from and --keep-samples"
            ),
            (
                hasSamples && (Samples ?? SynthesisSteps) is not null,
                "--samples-from synthesises nothing: leave out --samples and --synthesis-steps"
            ),
            (hasSamples && files.KeepSamples is not null, "--samples-from synthesises nothing: leave out --keep-samples"),
            (files.Output == files.Model, "the output is the network itself: give another name with -o"),
        ];
        if (rules.Any(rule => rule.IsBroken))
        {
            throw new UsageException(string.Join("; ", rules.Where(rule => rule.IsBroken).Select(rule => rule.Line)));
        }
    }

    // Without batch norms, where neither images nor rounding are to be had, the synthesis says what is missing.
    private bool UsesSynthesis(Graph network, bool hasImages) =>
        Synthesizes && ((!hasImages && !AllowRounding) || network.Nodes.Any(node => node.Operator == "BatchNormalization"));
}
