namespace Tacit.Cli.Commands.Quantize;

/// <summary>What a quantisation reads and writes, and how the network takes its input.</summary>
internal sealed record QuantizeFiles
{
    /// <summary>The network's file.</summary>
    public required string Model { get; init; }

    /// <summary>The sizes of the network's input, as "1x3x32x32"; null for those of its file.</summary>
    public string? InputShape { get; init; }

    /// <summary>Metadata on the preparation of images or clips that is stored in the output.</summary>
    public IReadOnlyDictionary<string, string> Preprocessing { get; init; } = new Dictionary<string, string>();

    /// <summary>The file to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether <see cref="Output"/> may be overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>A file of samples to use; null to synthesise them.</summary>
    public string? SamplesFrom { get; init; }

    /// <summary>A file to keep the samples in.</summary>
    public string? KeepSamples { get; init; }

    /// <summary>A folder or ZIP file of images, or a set of videos, like those that the network is used on; null for none.</summary>
    public string? Calibration { get; init; }

    /// <summary>The most images or clips of <see cref="Calibration"/> that are used; null where there is none.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>The files that the result follows from, by their names among the inputs of the run.</summary>
    public IEnumerable<(string Name, string Path)> Inputs()
    {
        yield return ("model", Model);
        if (SamplesFrom is not null)
        {
            yield return ("samples", SamplesFrom);
        }
    }
}
