using System.CommandLine;
using Tacit.Learning.Optimization;

namespace Tacit.Cli.Options;

/// <summary>The options that change the optimiser of a preset: --optimizer and --learning-rate.</summary>
internal sealed class OptimizerOptionGroup
{
    private readonly Option<string> _kind = Choices.Of("--optimizer", "The optimizer.", "preset", "sgd", "lars", "adamw");
    private readonly Option<double?> _rate = Numbers.OptionalPositive("--learning-rate", "Peak learning rate.");

    /// <summary>The options in the order of the help.</summary>
    public Option[] Options => [_kind, _rate];

    /// <summary>Returns the optimiser of a preset with the requested changes.</summary>
    /// <remarks>
    /// An explicit --optimizer also sets its usual learning rate, because kinds need different rates: 0.1 for SGD, 0.6 for LARS and 1e-3
    /// for AdamW. --learning-rate takes precedence.
    /// </remarks>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="preset">The optimiser of the preset.</param>
    public OptimizerOptions Resolve(ParseResult parsed, OptimizerOptions preset)
    {
        var changed = parsed.GetValue(_kind) switch
        {
            "sgd" => preset with { Kind = OptimizerKind.Sgd, LearningRate = 0.1 },
            "lars" => preset with { Kind = OptimizerKind.Lars, LearningRate = 0.6 },
            "adamw" => preset with { Kind = OptimizerKind.AdamW, LearningRate = 1e-3 },
            _ => preset,
        };
        return changed with { LearningRate = parsed.GetValue(_rate) ?? changed.LearningRate };
    }
}
