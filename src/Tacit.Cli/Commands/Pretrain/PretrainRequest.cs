using Tacit.Cli.Commands.Training;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>The request of a pretraining, as stored in the run folder. All options are resolved.</summary>
internal sealed record PretrainRequest : TrainingRequest
{
    /// <summary>The preset that the options were derived from, for the report.</summary>
    public PretrainingPreset Preset { get; init; }

    /// <summary>The options of the training: the method, the network, clips and optimiser.</summary>
    public required PretrainingOptions Options { get; init; }

    /// <inheritdoc/>
    public override double MaxUnreadable() => Options.MaxUnreadable;

    /// <inheritdoc/>
    public override ulong Seed() => Options.Seed;
}
