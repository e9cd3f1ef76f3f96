using Tacit.Cli.Commands.Training;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>The request of a fine-tuning, as stored in the run folder. All options are resolved.</summary>
internal sealed record FinetuneRequest : TrainingRequest
{
    /// <summary>The full path of the encoder. The run stores its hash and refuses to resume with another file.</summary>
    public required string Encoder { get; init; }

    /// <summary>The preset that the options were derived from, for the report.</summary>
    public FineTuningPreset Preset { get; init; }

    /// <summary>The options of the training.</summary>
    public required VideoFineTuningOptions Options { get; init; }

    /// <inheritdoc/>
    public override double MaxUnreadable() => Options.MaxUnreadable;

    /// <inheritdoc/>
    public override ulong Seed() => Options.Seed;
}
