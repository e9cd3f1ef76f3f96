using Tacit.Cli.Commands.Training;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>All that a fine-tuning was asked to do, as it is kept in the run folder.</summary>
internal sealed record FinetuneRequest : TrainingRequest
{
    /// <summary>The encoder's file.</summary>
    public required string Encoder { get; init; }

    /// <summary>The preset that the options came from.</summary>
    public FineTuningPreset Preset { get; init; }

    /// <summary>How the encoder is trained.</summary>
    public required VideoFineTuningOptions Options { get; init; }

    /// <inheritdoc/>
    public override double MaxUnreadable() => Options.MaxUnreadable;

    /// <inheritdoc/>
    public override ulong Seed() => Options.Seed;
}
