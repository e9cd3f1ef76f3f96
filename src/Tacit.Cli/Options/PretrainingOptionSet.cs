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

/// <summary>The options that say what is pretrained and how; each changes one thing of the preset.</summary>
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

    /// <summary>The preset's options with what was asked for changed.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
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

            // Says what the network cannot take.
            _ = VideoPretraining.EncoderOf(options);
            return (preset, options);
        }
        catch (ArgumentException refusal)
        {
            throw Refused(refusal);
        }
    }

    /// <summary>What the options of the library say, as a line.</summary>
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

    private void Check(ParseResult parsed, PretrainingRecipe recipe)
    {
        Option[] ofAscNet = [_target, _noAppearance, _noSpeed, _positives, _neighbours, _gallery, _warmUp, _contrast];
        if (
            recipe is not AscNetRecipe
            && ofAscNet.FirstOrDefault(option => parsed.GetResult(option) is OptionResult { Implicit: false }) is { } other
        )
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
