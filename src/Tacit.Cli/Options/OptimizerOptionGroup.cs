using System.CommandLine;
using Tacit.Learning.Optimization;

namespace Tacit.Cli.Options;

/// <summary>How gradients change weights, where it is not as the preset says: --optimizer, --learning-rate.</summary>
internal sealed class OptimizerOptionGroup
{
    private readonly Option<string> _kind = Choices.Of("--optimizer", "The optimizer.", "preset", "sgd", "lars", "adamw");
    private readonly Option<double?> _rate = Numbers.OptionalPositive("--learning-rate", "Peak learning rate.");

    /// <summary>The options, in order.</summary>
    public Option[] Options => [_kind, _rate];

    /// <summary>The preset's optimiser, changed. Another kind has other rates: without --learning-rate its usual one.</summary>
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
