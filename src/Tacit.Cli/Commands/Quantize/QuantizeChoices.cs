using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>A preset of quantisation and the changes that the command line makes to it.</summary>
internal sealed record QuantizeChoices
{
    /// <summary>The preset that supplies all values that are not changed. Default <see cref="QuantizationPreset.Fast"/>.</summary>
    public QuantizationPreset Preset { get; init; }

    /// <summary>The bits of weights and activations, 2 to 8 each, and the range of weights. Default 8 and safe.</summary>
    public BitWidths Bits { get; init; } = new();

    /// <summary>
    /// Whether -w is given. It contradicts <see cref="MaxBytes"/>, which chooses the bits of weights. Without either, they are 8. Default
    /// false.
    /// </summary>
    public bool ChoosesWeightBits { get; init; }

    /// <summary>The largest size of the output in bytes; null (default) for no limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How the integers of weights are stored: a byte each (default), or packed into their bits.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>The seed of all random numbers. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of synthetic samples; null for that of the preset.</summary>
    public int? Samples { get; init; }

    /// <summary>The number of steps in which each batch of samples is synthesised; null for that of the preset.</summary>
    public int? SynthesisSteps { get; init; }

    /// <summary>
    /// The number of steps of fine-tuning, 0 for none; null for that of the preset, which networks of 7 or 8 bits do without.
    /// </summary>
    public int? Steps { get; init; }

    /// <summary>
    /// Whether synthesis makes samples difficult for the network, in addition to matching its batch-norm statistics. Default true.
    /// </summary>
    public bool HardSamples { get; init; } = true;

    /// <summary>Whether fine-tuning makes samples more difficult (sample difficulty promotion, HAST). Default true.</summary>
    public bool Promotion { get; init; } = true;

    /// <summary>Whether fine-tuning aligns the features of both networks (feature alignment, HAST). Default true.</summary>
    public bool FeatureAlignment { get; init; } = true;

    /// <summary>Whether an encoder is distilled with prototypes in place of classes, in addition to its features. Default true.</summary>
    public bool Prototypes { get; init; } = true;

    /// <summary>Whether samples are synthesised if the network has batch norms. Default true.</summary>
    public bool Synthesizes { get; init; } = true;

    /// <summary>
    /// Whether a network without batch norms may be rounded without images, with ranges observed on noise. Default false: accuracy may be
    /// poor.
    /// </summary>
    public bool AllowRounding { get; init; }

    /// <summary>The approximate memory of a training step in bytes. Larger batches are split. Default 4 GiB.</summary>
    public long MemoryLimit { get; init; } = 4L << 30;

    /// <summary>Returns the options of the preset for a network, with the requested changes.</summary>
    /// <remarks>
    /// Synthesis is omitted with --no-synthesis, and for a network without batch norms if there are images or rounding is allowed. In other
    /// cases without batch norms it is kept, so that its error explains what is missing.
    /// </remarks>
    /// <param name="source">The network. Its task and its kind of input select the values of the preset.</param>
    /// <param name="hasImages">Whether --calibration supplies images or clips. Default false.</param>
    public QuantizationOptions Resolve(QuantizationSource source, bool hasImages = false)
    {
        var network = source.Model.Graph;
        var options = QuantizationOptions.Of(Preset, Bits, Seed, source.Task, isVideo: source.Contract.Input is ClipInput);
        return options with
        {
            MaxBytes = MaxBytes,
            AllowRounding = AllowRounding,
            AlwaysFineTunes = Steps > 0,
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

    /// <summary>Verifies that the options do not contradict each other or the files.</summary>
    /// <param name="files">The files that are read and written.</param>
    /// <exception cref="UsageException">They do. The message lists every contradiction, separated by semicolons.</exception>
    public void Check(QuantizeFiles files)
    {
        var hasSamples = files.SamplesFrom is not null;
        (bool IsBroken, string Line)[] rules =
        [
            .. new QuantizationOptions { MaxBytes = MaxBytes, Storage = Storage }.Violations.Select(line => (true, OptionNames.In(line))),
            (
                files.Calibration is null && files.CalibrationImages is not null,
                "--calibration-images limits the images of --calibration: give a folder or ZIP file with it"
            ),
            (
                MaxBytes is not null && ChoosesWeightBits,
                "--max-bytes chooses the bits of weights: remove -w, and set the bits of single layers with --bits"
            ),
            (hasSamples && !HardSamples, "--samples-from synthesises nothing: remove --no-hard-samples"),
            (!Synthesizes && files.Calibration is null, "--no-synthesis leaves no data: give images or videos with --calibration"),
            (
                !Synthesizes && (hasSamples || files.KeepSamples is not null),
                "--no-synthesis uses no samples: remove --samples-from and --keep-samples"
            ),
            (
                hasSamples && (Samples ?? SynthesisSteps) is not null,
                "--samples-from synthesises nothing: remove --samples and --synthesis-steps"
            ),
            (hasSamples && files.KeepSamples is not null, "--samples-from synthesises nothing: remove --keep-samples"),
            (files.Output == files.Model, "the output is the network itself: give another name with -o"),
        ];
        if (rules.Any(rule => rule.IsBroken))
        {
            throw new UsageException(string.Join("; ", rules.Where(rule => rule.IsBroken).Select(rule => rule.Line)));
        }
    }

    /// <summary>
    /// Whether samples are synthesised. This is also true for a network without batch norms if there are neither images nor permission to
    /// round: the synthesis then reports what is missing.
    /// </summary>
    private bool UsesSynthesis(Graph network, bool hasImages) =>
        Synthesizes && ((!hasImages && !AllowRounding) || network.Nodes.Any(node => node.Operator == "BatchNormalization"));
}
