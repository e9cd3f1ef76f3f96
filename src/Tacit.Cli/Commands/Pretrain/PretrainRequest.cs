using Tacit.Cli.Commands.Training;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>All that a pretraining was asked to do, as it is kept in the run folder.</summary>
internal sealed record PretrainRequest : TrainingRequest
{
    /// <summary>The preset that the options came from.</summary>
    public PretrainingPreset Preset { get; init; }

    /// <summary>What is trained and how.</summary>
    public required PretrainingOptions Options { get; init; }

    /// <inheritdoc/>
    public override double MaxUnreadable() => Options.MaxUnreadable;

    /// <inheritdoc/>
    public override ulong Seed() => Options.Seed;
}
