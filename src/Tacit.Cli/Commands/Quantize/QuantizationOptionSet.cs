using System.CommandLine;
using System.Globalization;
using Tacit.Cli.Options;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>The options for quantisation: bits, samples, steps and ablations. --preset selects all values, and others change one of them.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>--weight-bits, --activation-bits, --first-last, --bits: 2 to 8. Default 8</item>
/// <item>--float: names of nodes that stay in float; "*" matches any characters. Repeatable</item>
/// <item>--max-bytes: chooses the bits of each layer for a file size instead</item>
/// <item>--preset: fast (default), paper or best, see <see cref="QuantizationPreset"/></item>
/// <item>--samples, --synthesis-steps, --steps: the numbers of samples and of steps. Default: from the preset</item>
/// <item>--weight-storage, --weight-range: int8 or packed, safe or full. Default int8 and safe</item>
/// <item>--memory: the limit of a training step, 1 to 4,096 GiB. Default 4</item>
/// <item>--seed: the seed of all random numbers. Default 0</item>
/// </list>
/// </remarks>
internal sealed class QuantizationOptionSet
{
    private readonly Option<int> _weights = BitsOption("--weight-bits", "-w", "Bits of weights, 2 to 8.");
    private readonly Option<int> _activations = BitsOption("--activation-bits", "-a", "Bits of activations, 2 to 8.");
    private readonly Option<int?> _firstLast = Numbers.OptionalInteger(
        "--first-last",
        Quantizer.FewestBits,
        Quantizer.MostBits,
        "Bits of the weights of the first and the last layer. [default: as the other layers]"
    );
    private readonly Option<NamedBits[]> _bits = NamedBitsOption();
    private readonly Option<string[]> _float = new("--float")
    {
        Description = "Keep layers and other nodes in float, such as head.*. Can be repeated.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<long?> _maxBytes = Numbers.OptionalBytes(
        "--max-bytes",
        "Choose the bits of each layer's weights so that the file has at most this size, such as 250k or 1.5M."
    );
    private readonly Option<string> _preset = Choices.Of(
        "--preset",
        "fast: minutes on two cores; paper: the published recipe and budget; best: the longest.",
        "fast",
        "paper",
        "best"
    );
    private readonly Option<int?> _samples = Numbers.OptionalInteger(
        "--samples",
        2,
        1_000_000,
        "Number of samples to synthesise. [default: from the preset]"
    );
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of all random numbers.");
    private readonly Option<string> _storage = Choices.Of(
        "--weight-storage",
        "int8 stores each weight in a byte; packed stores only its bits.",
        "int8",
        "packed"
    );
    private readonly Option<string> _range = Choices.Of(
        "--weight-range",
        "safe gives the same results on every processor; full uses all 8 bits of the weights and needs a processor with VNNI.",
        "safe",
        "full"
    );
    private readonly Option<int?> _steps = Numbers.OptionalInteger(
        "--steps",
        0,
        10_000_000,
        "Steps of fine-tuning. [default: from the preset; none at 7 and 8 bits]"
    );
    private readonly Option<int?> _synthesisSteps = Numbers.OptionalInteger(
        "--synthesis-steps",
        1,
        10_000_000,
        "Steps of synthesis for each batch. [default: from the preset]"
    );
    private readonly Option<bool> _noSynthesis = new("--no-synthesis") { Description = "Use only the images or clips of --calibration." };
    private readonly Option<bool> _allowRounding = new("--allow-rounding")
    {
        Description = "Quantise a network without batch norms by plain rounding, without images. The accuracy may be poor.",
    };
    private readonly Option<int> _memory = Numbers.Integer(
        "--memory",
        [],
        1,
        4096,
        4,
        "Memory limit of a training step in GiB. Batches are made smaller to fit."
    );
    private readonly Option<bool> _noHardSamples = new("--no-hard-samples")
    {
        Description = "Ablation: synthesise with the batch-norm statistics only.",
    };
    private readonly Option<bool> _noPrototypes = new("--no-prototypes")
    {
        Description = "Ablation: distil an encoder with its features only, without prototypes.",
    };
    private readonly Option<bool> _noPromotion = new("--no-promotion")
    {
        Description = "Ablation: no sample difficulty promotion in fine-tuning.",
    };
    private readonly Option<bool> _noFeatureAlignment = new("--no-feature-alignment") { Description = "Ablation: no feature alignment." };

    /// <summary>The options that most users need.</summary>
    public IEnumerable<Option> Frequent => [_weights, _activations, _maxBytes, _preset, _samples, _seed];

    /// <summary>The other options.</summary>
    public IEnumerable<Option> Others =>
        [
            _bits,
            _float,
            _firstLast,
            _storage,
            _range,
            _steps,
            _synthesisSteps,
            _noSynthesis,
            _allowRounding,
            _memory,
            _noHardSamples,
            _noPrototypes,
            _noPromotion,
            _noFeatureAlignment,
        ];

    /// <summary>Returns the values of the options. With --max-bytes, weights are packed unless --weight-storage is given.</summary>
    public QuantizeChoices Resolve(ParseResult parsed) =>
        new()
        {
            Preset = Enum.Parse<QuantizationPreset>(parsed.GetValue(_preset)!, ignoreCase: true),
            Bits = new BitWidths
            {
                Weights = parsed.GetValue(_weights),
                Range = Enum.Parse<WeightRange>(parsed.GetValue(_range)!, ignoreCase: true),
                Activations = parsed.GetValue(_activations),
                FirstAndLast = parsed.GetValue(_firstLast),
                Named = [.. parsed.GetValue(_bits) ?? []],
                Float = [.. parsed.GetValue(_float)!],
            },
            MaxBytes = parsed.GetValue(_maxBytes),
            ChoosesWeightBits = parsed.IsGiven(_weights),
            Storage =
                parsed.GetValue(_maxBytes) is not null && !parsed.IsGiven(_storage)
                    ? WeightStorage.Packed
                    : Enum.Parse<WeightStorage>(parsed.GetValue(_storage)!, ignoreCase: true),
            Seed = (ulong)parsed.GetValue(_seed),
            Samples = parsed.GetValue(_samples),
            SynthesisSteps = parsed.GetValue(_synthesisSteps),
            Steps = parsed.GetValue(_steps),
            Prototypes = !parsed.GetValue(_noPrototypes),
            HardSamples = !parsed.GetValue(_noHardSamples),
            Promotion = !parsed.GetValue(_noPromotion),
            FeatureAlignment = !parsed.GetValue(_noFeatureAlignment),
            Synthesizes = !parsed.GetValue(_noSynthesis),
            AllowRounding = parsed.GetValue(_allowRounding),
            MemoryLimit = (long)parsed.GetValue(_memory) << 30,
        };

    /// <summary>Creates an option for a number of bits, 2 to 8. Default 8.</summary>
    private static Option<int> BitsOption(string name, string alias, string description) =>
        Numbers.Integer(name, [alias], Quantizer.FewestBits, Quantizer.MostBits, 8, description);

    /// <summary>
    /// Creates the option --bits: a name or pattern, "=", and 2 to 8. The last "=" separates them, because names may contain it.
    /// </summary>
    private static Option<NamedBits[]> NamedBitsOption() =>
        new("--bits")
        {
            Description = "Bits of the weights or activations of single layers, such as conv1=8 or layer3.*=3. Can be repeated.",
            HelpName = "NAME=N",
            CustomParser = result =>
                [
                    .. result.Tokens.Select(token =>
                    {
                        var (name, number) = token.Value.LastIndexOf('=') is var at and > 0
                            ? (token.Value[..at], token.Value[(at + 1)..])
                            : ("", "");
                        if (
                            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                            && bits is >= Quantizer.FewestBits and <= Quantizer.MostBits
                        )
                        {
                            return new NamedBits(name, bits);
                        }

                        result.AddError($"--bits takes the name of a layer or activation and 2 to 8 bits, as conv1=8, not {token.Value}");
                        return new NamedBits(token.Value, 8);
                    }),
                ],
        };
}
