using System.CommandLine;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Options;

/// <summary>The options for fine-tuning. --preset selects all values, and each other option changes one of them.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>--preset: tiny (default) or paper, see <see cref="FineTuningPreset"/></item>
/// <item>--epochs: passes over the training videos, at least 1</item>
/// <item>--batch: videos in a step, at least 2</item>
/// <item>--optimizer, --learning-rate: see <see cref="OptimizerOptionGroup"/></item>
/// <item>--from-scratch: starts from random weights, as a baseline</item>
/// <item>--validation: percent of the training videos that choose the epoch, 0 to 50. Default 20</item>
/// <item>--validation-clips: clips of each of these videos. Default 3</item>
/// <item>--max-bad: percent of the videos that may be unreadable. Default 5</item>
/// <item>--seed: the seed of all randomness. Default 0</item>
/// </list>
/// </remarks>
internal sealed class FineTuningOptionSet
{
    private readonly Option<string> _preset = Choices.Of(
        "--preset",
        "tiny: minutes on two cores; paper: RSPNet's schedule for the encoder's network.",
        "tiny",
        "paper"
    );
    private readonly Option<int?> _epochs = Numbers.OptionalInteger("--epochs", 1, 1_000_000, "Number of passes over the training videos.");
    private readonly Option<int?> _batch = Numbers.OptionalInteger("--batch", 2, 65_536, "Videos in a batch.");
    private readonly OptimizerOptionGroup _optimizer = new();
    private readonly Option<bool> _scratch = new("--from-scratch")
    {
        Description = "Start from random weights, as the baseline for pretraining.",
    };
    private readonly Option<int?> _validation = Numbers.OptionalInteger(
        "--validation",
        0,
        50,
        "Percentage of the training videos, in whole sources, that are held out to choose the epoch; 0 takes the last epoch. [default: 20]"
    );
    private readonly Option<int?> _clips = Numbers.OptionalInteger(
        "--validation-clips",
        1,
        1000,
        "Clips of each held-out video. [default: 3]"
    );
    private readonly Option<int?> _maxBad = Numbers.OptionalInteger(
        "--max-bad",
        0,
        100,
        "Largest percentage of unreadable videos. [default: 5]"
    );
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of all random numbers.");

    /// <summary>Adds the options to a command.</summary>
    public FineTuningOptionSet(Command command)
    {
        Option[] options = [_preset, _epochs, _batch, .. _optimizer.Options, _scratch, _validation, _clips, _maxBad, _seed];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>Returns the preset and its options with the requested changes.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="backbone">The name of the encoder's network, from its metadata; null if it is unknown.</param>
    public (FineTuningPreset Preset, VideoFineTuningOptions Options) Resolve(ParseResult parsed, string? backbone)
    {
        var preset = Enum.Parse<FineTuningPreset>(parsed.GetValue(_preset)!, ignoreCase: true);
        var options = VideoFineTuningOptions.Of(preset, backbone);
        return (
            preset,
            options with
            {
                Epochs = parsed.GetValue(_epochs) ?? options.Epochs,
                BatchSize = parsed.GetValue(_batch) ?? options.BatchSize,
                Optimizer = _optimizer.Resolve(parsed, options.Optimizer),
                FromScratch = parsed.GetValue(_scratch),
                Validation = (parsed.GetValue(_validation) / 100.0) ?? options.Validation,
                ValidationClips = parsed.GetValue(_clips) ?? options.ValidationClips,
                MaxUnreadable = (parsed.GetValue(_maxBad) / 100.0) ?? options.MaxUnreadable,
                Seed = (ulong)parsed.GetValue(_seed),
            }
        );
    }
}
