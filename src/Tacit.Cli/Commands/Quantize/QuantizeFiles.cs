namespace Tacit.Cli.Commands.Quantize;

/// <summary>
/// The files that a quantisation reads and writes, and how the input of the network is prepared. All paths are full paths.
/// </summary>
internal sealed record QuantizeFiles
{
    /// <summary>The path of the float network.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// The shape of the network's input as the text of --input-shape, such as "1x3x32x32"; null for the shape in the file.
    /// </summary>
    public string? InputShape { get; init; }

    /// <summary>The preprocessing of images or clips as file metadata, which is stored in the output. Default empty.</summary>
    public IReadOnlyDictionary<string, string> Preprocessing { get; init; } = new Dictionary<string, string>();

    /// <summary>The path of the quantised network. It is outside the run folder.</summary>
    public required string Output { get; init; }

    /// <summary>Whether <see cref="Output"/> and <see cref="KeepSamples"/> may be overwritten. Default false.</summary>
    public bool Force { get; init; }

    /// <summary>A file with samples of an earlier run; null to synthesise new ones.</summary>
    public string? SamplesFrom { get; init; }

    /// <summary>The file to which the synthesised samples are copied; null keeps them only in the run folder.</summary>
    public string? KeepSamples { get; init; }

    /// <summary>A folder or ZIP file of images, or a set of videos, like those that the network will process; null for none.</summary>
    public string? Calibration { get; init; }

    /// <summary>The largest number of images or clips that are used of <see cref="Calibration"/>; null without calibration data.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>
    /// Returns the files that the result depends on, with their names among the inputs of the run, "model" and "samples".
    /// </summary>
    /// <remarks>Calibration data is not among them: a run copies it into its folder.</remarks>
    public IEnumerable<(string Name, string Path)> Inputs()
    {
        yield return ("model", Model);
        if (SamplesFrom is not null)
        {
            yield return ("samples", SamplesFrom);
        }
    }
}
