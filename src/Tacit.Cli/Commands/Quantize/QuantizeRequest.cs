using Tacit.Cli.Hosting;
using Tacit.Inference.Contracts;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>The request of a quantisation, as stored in the run folder. All options are resolved.</summary>
internal sealed record QuantizeRequest : RunRequest
{
    /// <summary>The files that are read and written.</summary>
    public required QuantizeFiles Files { get; init; }

    /// <summary>The preset that the options were derived from, for the report and the metadata of the output.</summary>
    public QuantizationPreset Preset { get; init; }

    /// <summary>The meaning of the network's output: classes or features.</summary>
    public NetworkTask Task { get; init; }

    /// <summary>The options of the quantisation.</summary>
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
