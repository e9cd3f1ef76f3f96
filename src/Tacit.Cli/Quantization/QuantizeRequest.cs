using Tacit.Cli.CommandLine;
using Tacit.Graphs;
using Tacit.Graphs.Rewriting;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Quantization;

/// <summary>All that a quantisation was asked to do, as it is kept in the run folder.</summary>
internal sealed record QuantizeRequest
{
    /// <summary>The command's name in run.json.</summary>
    public const string Command = "quantize";

    /// <summary>The version of its form: 2 since the range of weights is safe by default.</summary>
    public const int Version = 2;

    /// <summary>The network's file.</summary>
    public required string Model { get; init; }

    /// <summary>The file to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether <see cref="Output"/> may be overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>The set of options that the others change.</summary>
    public QuantizationPreset Preset { get; init; }

    /// <summary>What the network's output means; null for what its file says.</summary>
    public NetworkTask? Task { get; init; }

    /// <summary>Bits of weights; null for 8, or for those that <see cref="MaxBytes"/> leaves room for.</summary>
    public int? WeightBits { get; init; }

    /// <summary>Bits of activations.</summary>
    public int ActivationBits { get; init; } = 8;

    /// <summary>Bits of the first and the last layer's weights; null for those of the others.</summary>
    public int? FirstAndLast { get; init; }

    /// <summary>Bits of layers and activations by name, as "layer1.*=4".</summary>
    public IReadOnlyList<NamedBits> NamedBits { get; init; } = [];

    /// <summary>The most bytes of the output; null for no limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How much of a byte weights fill.</summary>
    public WeightRange Range { get; init; }

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

    /// <summary>A file of samples to use; null to synthesise them.</summary>
    public string? SamplesFrom { get; init; }

    /// <summary>A file to keep the samples in.</summary>
    public string? KeepSamples { get; init; }

    /// <summary>Whether samples are synthesised where the network has batch norms.</summary>
    public bool Synthesizes { get; init; } = true;

    /// <summary>A folder or ZIP file of images, or a set of videos, like those that the network is used on; null for none.</summary>
    public string? Calibration { get; init; }

    /// <summary>The most images or clips of <see cref="Calibration"/> that are used; null where there is none.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>Whether a network without batch norms may be rounded without any images.</summary>
    public bool AllowRounding { get; init; }

    /// <summary>The bytes that a step may take, about.</summary>
    public long MemoryLimit { get; init; } = 4L << 30;

    /// <summary>Where to compute, as "cpu" or "cuda:0".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The sizes of the network's input, as "1x3x32x32"; null for those of its file.</summary>
    public string? InputShape { get; init; }

    /// <summary>Metadata on the preparation of images or clips that is stored in the output.</summary>
    public IReadOnlyDictionary<string, string> Preprocessing { get; init; } = new Dictionary<string, string>();

    /// <summary>Makes sure that all that is asked for goes together.</summary>
    /// <exception cref="UsageException">It does not; the message says all that is wrong.</exception>
    public void Check()
    {
        var hasSamples = SamplesFrom is not null;
        (bool IsBroken, string Line)[] rules =
        [
            .. new QuantizationOptions { MaxBytes = MaxBytes, Storage = Storage }.Violations.Select(line => (true, OptionNames.In(line))),
            (
                Calibration is null && CalibrationImages is not null,
                "--calibration-images is the most images of --calibration: give a folder or ZIP file with it"
            ),
            (
                MaxBytes is not null && WeightBits is not null,
                "--max-bytes chooses the bits of weights: leave out -w, and give single layers their bits with --bits"
            ),
            (hasSamples && !HardSamples, "--samples-from synthesises nothing: leave out --no-hard-samples"),
            (!Synthesizes && Calibration is null, "--no-synthesis leaves nothing to learn from: give images or videos with --calibration"),
            (
                !Synthesizes && (hasSamples || KeepSamples is not null),
                "--no-synthesis uses no samples: leave out --samples-from and --keep-samples"
            ),
            (
                hasSamples && (Samples ?? SynthesisSteps) is not null,
                "--samples-from synthesises nothing: leave out --samples and --synthesis-steps"
            ),
            (hasSamples && KeepSamples is not null, "--samples-from synthesises nothing: leave out --keep-samples"),
            (Output == Model, "the output is the network itself: give another name with -o"),
        ];
        if (rules.Any(rule => rule.IsBroken))
        {
            throw new UsageException(string.Join("; ", rules.Where(rule => rule.IsBroken).Select(rule => rule.Line)));
        }
    }

    /// <summary>The files that the result follows from.</summary>
    public IEnumerable<(string Name, string Path)> Files()
    {
        yield return ("model", Model);
        if (SamplesFrom is not null)
        {
            yield return ("samples", SamplesFrom);
        }
    }

    /// <summary>Whether any weights are asked for in 8 bits.</summary>
    public bool AsksFor8Bits => Bits().Weights == 8 || FirstAndLast == 8 || NamedBits.Any(named => named.Bits == 8);

    /// <summary>The bits.</summary>
    public BitWidths Bits() =>
        new()
        {
            Weights = WeightBits ?? 8,
            Range = Range,
            Activations = ActivationBits,
            FirstAndLast = FirstAndLast,
            Named = [.. NamedBits],
        };

    /// <summary>The preset's options with what was asked for changed.</summary>
    /// <param name="source">The network: one without batch norms has nothing to synthesise samples from.</param>
    public QuantizationOptions ToOptions(QuantizationSource source)
    {
        var network = source.Model.Graph;
        var options = QuantizationOptions.Of(Preset, Bits(), Seed, source.Task, isVideo: source.Contract.Input is ClipInput);
        return options with
        {
            MaxBytes = MaxBytes,
            AllowRounding = AllowRounding,
            Storage = Storage,
            Synthesis = !UsesSynthesis(network)
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

    // Without batch norms, where neither images nor rounding are to be had, the synthesis says what is missing.
    private bool UsesSynthesis(Graph network) =>
        Synthesizes && ((Calibration is null && !AllowRounding) || network.Nodes.Any(node => node.Operator == "BatchNormalization"));

    /// <summary>The network's file with its metadata extended by what the output says about itself.</summary>
    /// <exception cref="ContentException">The file is damaged, or the network is not supported.</exception>
    public QuantizationSource Read(IReadOnlyDictionary<string, Shape>? inputs)
    {
        var source = QuantizationSource.Read(Model, inputs);
        var prepared = source.Model with { Metadata = source.Model.Metadata.SetItems(Preprocessing) };
        var model = new ModelMetadata
        {
            Version = typeof(QuantizeRequest).Assembly.GetName().Version!.ToString(3),
            Bits =
                MaxBytes is null && NamedBits.Count == 0 && (FirstAndLast ?? WeightBits) == WeightBits
                    ? $"{Bits()}"
                    : $"mixed, A{ActivationBits}",
            Preset = Preset.ToString().ToLowerInvariant(),
            Seed = Seed,
            SourceHash = source.Hash,
        }.WriteTo(prepared);
        return source with { Model = model, Task = Task ?? source.Task };
    }
}
