using Tacit.Cli.Hosting;
using Tacit.Inference.Contracts;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>All that a quantisation was asked to do, as it is kept in the run folder.</summary>
internal sealed record QuantizeRequest : RunRequest
{
    /// <summary>What it reads and writes.</summary>
    public required QuantizeFiles Files { get; init; }

    /// <summary>The preset that the options came from.</summary>
    public QuantizationPreset Preset { get; init; }

    /// <summary>What the network's output means.</summary>
    public NetworkTask Task { get; init; }

    /// <summary>How the network is quantised.</summary>
    public required QuantizationOptions Options { get; init; }

    /// <inheritdoc/>
    public override ulong Seed() => Options.FineTuning.Seed;

    /// <summary>The network with its metadata extended by what the output says about itself.</summary>
    public QuantizationSource Describe(QuantizationSource source)
    {
        var bits = Options.Bits;
        var model = new ModelMetadata
        {
            Version = typeof(QuantizeRequest).Assembly.GetName().Version!.ToString(3),
            Bits =
                Options.MaxBytes is null && bits.Named.IsEmpty && (bits.FirstAndLast ?? bits.Weights) == bits.Weights
                    ? $"{bits}"
                    : $"mixed, A{bits.Activations}",
            Preset = Preset.ToString().ToLowerInvariant(),
            Seed = Seed(),
            SourceHash = source.Hash,
        }.WriteTo(source.Model with { Metadata = source.Model.Metadata.SetItems(Files.Preprocessing) });
        return source with { Model = model, Task = Task };
    }
}
