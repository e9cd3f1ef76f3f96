using Tacit.Cli.Jobs;
using Tacit.Graphs;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Quantization;

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

    /// <summary>Reads the network, whose metadata are extended by what the output says about itself.</summary>
    /// <param name="inputs">Sizes of its inputs, where the file leaves them open.</param>
    /// <exception cref="ContentException">The file is damaged, or the network is not supported.</exception>
    public QuantizationSource Read(IReadOnlyDictionary<string, Shape>? inputs) => Describe(QuantizationSource.Read(Files.Model, inputs));

    /// <summary>The network with its metadata extended by what the output says about itself.</summary>
    public QuantizationSource Describe(QuantizationSource source)
    {
        var bits = Options.Bits;
        var metadata = source
            .Model.Metadata.SetItems(Files.Preprocessing)
            .SetItems(
                new Dictionary<string, string>
                {
                    ["tacit.version"] = typeof(QuantizeRequest).Assembly.GetName().Version!.ToString(3),
                    ["tacit.bits"] =
                        Options.MaxBytes is null && bits.Named.IsEmpty && (bits.FirstAndLast ?? bits.Weights) == bits.Weights
                            ? $"{bits}"
                            : $"mixed, A{bits.Activations}",
                    ["tacit.preset"] = Preset.ToString().ToLowerInvariant(),
                    ["tacit.seed"] = $"{Seed()}",
                    ["tacit.source.sha256"] = source.Hash,
                }
            );
        return source with { Model = source.Model with { Metadata = metadata }, Task = Task };
    }
}
