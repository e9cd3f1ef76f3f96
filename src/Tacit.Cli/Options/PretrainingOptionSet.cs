using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Networks;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Cli.Options;

/// <summary>The options for pretraining. --preset and --method select all values, and each other option changes one of them.</summary>
/// <remarks>
/// <para>For all methods:</para>
/// <list type="bullet">
/// <item>--preset: tiny (default), small or paper, see <see cref="PretrainingPreset"/></item>
/// <item>--method: ascnet (default), byol, simsiam or rspnet</item>
/// <item>--backbone, --width: the network, a name in <see cref="VideoZoo"/>, and the factor of its channels</item>
/// <item>--frames, --size, --speeds: the frames (2 to 1,024), the pixels (16 to 1,024) and the speeds (1 to 64) of clips</item>
/// <item>--epochs, --batch, --accumulate: passes, videos in a batch, and batches in a step</item>
/// <item>--optimizer, --learning-rate: see <see cref="OptimizerOptionGroup"/></item>
/// <item>--augmentation: rspnet or plus, see <see cref="AugmentationOptions.RspnetPlus"/></item>
/// <item>--precision: float32 (default) or bfloat16</item>
/// <item>--max-bad: percent of the videos that may be unreadable. Default 5</item>
/// <item>--seed: the seed of all randomness. Default 0</item>
/// </list>
/// <para>For ASCNet only. They are errors for other methods:</para>
/// <list type="bullet">
/// <item>--target: momentum or none, see <see cref="AscNetRecipe.Target"/></item>
/// <item>--no-appearance, --no-speed: set a weight of the loss to 0</item>
/// <item>--positives, --neighbours: how speed positives are found, and how many</item>
/// <item>--gallery, --gallery-warm-up: the size of the gallery. A smaller gallery also lowers the default warm-up</item>
/// <item>--speed-contrast: see <see cref="AscNetRecipe.SpeedContrastWeight"/></item>
/// </list>
/// </remarks>
internal sealed class PretrainingOptionSet
{
    private readonly Option<string> _preset = Choices.Of(
        "--preset",
        "tiny: minutes on two cores; small: hours; paper: the published network and clips.",
        "tiny",
        "small",
        "paper"
    );
    private readonly Option<string> _method = Choices.Of(
        "--method",
        "ascnet, or a baseline.",
        [.. PretrainingRecipes.All.Select(recipe => recipe.Name)]
    );
    private readonly Option<string?> _backbone = new("--backbone")
    {
        Description = $"The network: {string.Join(", ", VideoZoo.All)}.",
        HelpName = "NAME",
    };
    private readonly Option<double?> _width = Numbers.OptionalPositive("--width", "Factor for the number of channels of the network.");
    private readonly Option<int?> _frames = Numbers.OptionalInteger("--frames", 2, 1024, "Frames of a clip.");
    private readonly Option<int?> _size = Numbers.OptionalInteger("--size", 16, 1024, "Height and width of clips in pixels.");
    private readonly Option<int[]> _speeds = SpeedsOption();
    private readonly Option<int?> _epochs = Numbers.OptionalInteger("--epochs", 1, 1_000_000, "Number of passes over the videos.");
    private readonly Option<int?> _batch = Numbers.OptionalInteger("--batch", 2, 65_536, "Videos in a batch.");
    private readonly Option<int?> _accumulation = Numbers.OptionalInteger(
        "--accumulate",
        1,
        4096,
        "Number of batches whose gradients are averaged for each update."
    );
    private readonly OptimizerOptionGroup _optimizer = new();
    private readonly Option<string> _augmentation = Choices.Of(
        "--augmentation",
        "The augmentation of RSPNet, or its stronger variant.",
        "preset",
        "rspnet",
        "plus"
    );
    private readonly Option<string> _target = Choices.Of(
        "--target",
        "The target network of ASCNet: a moving average of the network (momentum), or the network itself (none).",
        "preset",
        "momentum",
        "none"
    );
    private readonly Option<bool> _noAppearance = new("--no-appearance")
    {
        Description = "Ablation: ASCNet without appearance consistency.",
    };
    private readonly Option<bool> _noSpeed = new("--no-speed") { Description = "Ablation: ASCNet without speed consistency." };
    private readonly Option<string> _positives = Choices.Of(
        "--positives",
        "How ASCNet chooses the positives of speed consistency.",
        "retrieved",
        "random"
    );
    private readonly Option<int?> _neighbours = Numbers.OptionalInteger(
        "--neighbours",
        1,
        1024,
        "Number of positives of each clip for speed consistency."
    );
    private readonly Option<int?> _gallery = Numbers.OptionalInteger("--gallery", 2, 10_000_000, "Size of ASCNet's gallery in clips.");
    private readonly Option<int?> _warmUp = Numbers.OptionalInteger(
        "--gallery-warm-up",
        1,
        10_000_000,
        "Number of clips in the gallery before speed consistency starts."
    );
    private readonly Option<double?> _contrast = Numbers.OptionalPositive(
        "--speed-contrast",
        "Weight of speed contrast, an addition to the paper."
    );
    private readonly Option<string> _precision = Choices.Of(
        "--precision",
        "Number format of the computation. bfloat16 is faster on processors that support it, and its results may differ from run to run.",
        "float32",
        "bfloat16"
    );
    private readonly Option<int?> _maxBad = Numbers.OptionalInteger(
        "--max-bad",
        0,
        100,
        "Largest percentage of unreadable videos. [default: 5]"
    );
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of all random numbers.");

    /// <summary>Adds the options to a command.</summary>
    public PretrainingOptionSet(Command command)
    {
        Option[] options =
        [
            _preset,
            _method,
            _backbone,
            _width,
            _frames,
            _size,
            _speeds,
            _epochs,
            _batch,
            _accumulation,
            .. _optimizer.Options,
            _augmentation,
            _target,
            _noAppearance,
            _noSpeed,
            _positives,
            _neighbours,
            _gallery,
            _warmUp,
            _contrast,
            _precision,
            _maxBad,
            _seed,
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>Returns the preset and its options with the requested changes. Builds the encoder once to verify its sizes.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <exception cref="UsageException">The options contradict each other, or the network does not support the sizes.</exception>
    public (PretrainingPreset Preset, PretrainingOptions Options) Resolve(ParseResult parsed)
    {
        var preset = Enum.Parse<PretrainingPreset>(parsed.GetValue(_preset)!, ignoreCase: true);
        var options = PretrainingOptions.Of(preset, PretrainingRecipes.Find(parsed.GetValue(_method)));
        Check(parsed, options.Recipe);
        try
        {
            options = options with
            {
                Backbone = parsed.GetValue(_backbone) ?? options.Backbone,
                Width = parsed.GetValue(_width) ?? options.Width,
                Sampling = options.Sampling with
                {
                    Frames = parsed.GetValue(_frames) ?? options.Sampling.Frames,
                    Speeds = parsed.GetValue(_speeds) is { Length: > 0 } speeds ? [.. speeds] : options.Sampling.Speeds,
                },
                Augmentation = (
                    parsed.GetValue(_augmentation) switch
                    {
                        "rspnet" => AugmentationOptions.Rspnet,
                        "plus" => AugmentationOptions.RspnetPlus,
                        _ => options.Augmentation,
                    }
                ) with
                {
                    Size = parsed.GetValue(_size) ?? options.Augmentation.Size,
                },
                Recipe = options.Recipe is AscNetRecipe ascNet ? AscNetOf(parsed, ascNet) : options.Recipe,
                Optimizer = _optimizer.Resolve(parsed, options.Optimizer),
                Epochs = parsed.GetValue(_epochs) ?? options.Epochs,
                BatchSize = parsed.GetValue(_batch) ?? options.BatchSize,
                Accumulation = parsed.GetValue(_accumulation) ?? options.Accumulation,
                Precision = parsed.GetValue(_precision) == "bfloat16" ? Precision.BFloat16 : Precision.Float32,
                MaxUnreadable = (parsed.GetValue(_maxBad) / 100.0) ?? options.MaxUnreadable,
                Seed = (ulong)parsed.GetValue(_seed),
            };

            // Throws if the network does not support the sizes.
            _ = VideoPretraining.EncoderOf(options);
            return (preset, options);
        }
        catch (ArgumentException refusal)
        {
            throw Refused(refusal);
        }
    }

    /// <summary>Converts an exception of the library's options to one of the command line, with the first line of its message.</summary>
    public static UsageException Refused(ArgumentException refusal) =>
        new(refusal.Message.Split('\n')[0].Replace($" (Parameter '{refusal.ParamName}')", "", StringComparison.Ordinal).TrimEnd('.'));

    private AscNetRecipe AscNetOf(ParseResult parsed, AscNetRecipe options)
    {
        var capacity = parsed.GetValue(_gallery) ?? options.GalleryCapacity;
        return options with
        {
            AppearanceWeight = parsed.GetValue(_noAppearance) ? 0 : options.AppearanceWeight,
            SpeedWeight = parsed.GetValue(_noSpeed) ? 0 : options.SpeedWeight,
            Positives = parsed.GetValue(_positives) == "random" ? PositiveChoice.Random : PositiveChoice.Retrieved,
            Neighbours = parsed.GetValue(_neighbours) ?? options.Neighbours,
            GalleryCapacity = capacity,
            GalleryWarmUp = parsed.GetValue(_warmUp) ?? Math.Min(options.GalleryWarmUp, capacity),
            Target = parsed.GetValue(_target) switch
            {
                "momentum" => TargetNetwork.Momentum,
                "none" => TargetNetwork.None,
                _ => options.Target,
            },
            SpeedContrastWeight = parsed.GetValue(_contrast) ?? options.SpeedContrastWeight,
        };
    }

    /// <summary>Verifies that options of ASCNet are only given for ASCNet, and that they do not contradict each other.</summary>
    private void Check(ParseResult parsed, PretrainingRecipe recipe)
    {
        Option[] ofAscNet = [_target, _noAppearance, _noSpeed, _positives, _neighbours, _gallery, _warmUp, _contrast];
        if (recipe is not AscNetRecipe && ofAscNet.FirstOrDefault(parsed.IsGiven) is { } other)
        {
            throw new UsageException($"{other.Name} applies only to --method ascnet");
        }

        if (parsed.GetValue(_noSpeed) && parsed.GetValue(_contrast) is not null)
        {
            throw new UsageException("--speed-contrast needs speed consistency; remove --no-speed");
        }

        if (parsed.GetValue(_noAppearance) && parsed.GetValue(_noSpeed))
        {
            throw new UsageException("--no-appearance and --no-speed together leave no loss; remove one of them");
        }
    }

    /// <summary>Creates --speeds: different integers from 1 to 64, separated by commas.</summary>
    private static Option<int[]> SpeedsOption() =>
        new("--speeds")
        {
            Description = "Playback speeds, such as 1,2.",
            HelpName = "N,N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var numbers = text.Split(',')
                    .Select(part =>
                        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 64
                            ? number
                            : 0
                    )
                    .ToArray();
                if (numbers.Contains(0) || numbers.Distinct().Count() != numbers.Length)
                {
                    result.AddError($"--speeds takes different whole numbers from 1 to 64 joined by commas, as 1,2, not {text}");
                }

                return numbers;
            },
        };
}
