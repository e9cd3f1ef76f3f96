using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>The options for the images or videos that a network is calibrated with.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>--calibration: the images or videos. Default: none</item>
/// <item>--calibration-images: the largest number of images or clips, 2 to 100,000. Default 1,024</item>
/// <item>--split and the options of <see cref="VideoSetOptionGroup"/>: which videos of a set are used</item>
/// </list>
/// </remarks>
internal sealed class CalibrationOptionGroup
{
    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description =
            "A folder or ZIP file of images like those that the network will process, or videos as for pretrain. Labels are not needed.",
        HelpName = "DATA",
    };
    private readonly Option<int> _calibrationImages = Numbers.Integer(
        "--calibration-images",
        [],
        2,
        100_000,
        1024,
        "Largest number of images or clips of --calibration to use. If there are more, they are chosen at random."
    );
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of the videos of --calibration to use, or all. [default: train if the set has parts]",
        HelpName = "PART",
    };
    private VideoSetOptionGroup? _videos;
    private ImmutableArray<Option> _forVideos;

    /// <summary>--calibration.</summary>
    public Option Data => _calibration;

    /// <summary>--calibration-images.</summary>
    public Option Most => _calibrationImages;

    /// <summary>Adds the options for sets of videos.</summary>
    /// <param name="command">The command, to which <see cref="Data"/> was added before.</param>
    public void AddVideos(Command command)
    {
        var before = command.Options.Count;
        command.Add(_split);
        _videos = new VideoSetOptionGroup(command, _calibration);
        _forVideos = [.. command.Options.Skip(before)];
    }

    /// <summary>Returns the full path of the data; null if there is none.</summary>
    /// <param name="parsed">The parsed command line.</param>
    public string? Path(ParseResult parsed) => parsed.GetValue(_calibration) is { } data ? System.IO.Path.GetFullPath(data) : null;

    /// <summary>Returns the largest number of images or clips; null if neither the data nor the number is given.</summary>
    /// <param name="parsed">The parsed command line.</param>
    public int? MostOf(ParseResult parsed) =>
        parsed.IsGiven(_calibration) || parsed.IsGiven(_calibrationImages) ? parsed.GetValue(_calibrationImages) : null;

    /// <summary>Reads the images or clips.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="model">The file of the network, for messages.</param>
    /// <param name="contract">The input of the network.</param>
    /// <param name="preparation">How the network's images or clips are prepared.</param>
    /// <param name="seed">The seed of the choice among many.</param>
    /// <param name="progress">Displays the progress of reading videos.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <returns>The prepared data; null if none is given.</returns>
    /// <exception cref="UsageException">An option for videos is given, but no videos are used.</exception>
    /// <exception cref="ContentException">The data cannot be used, or the network does not say how it is prepared.</exception>
    public async Task<CalibrationData?> ReadAsync(
        ParseResult parsed,
        string model,
        NetworkContract contract,
        ModelMetadata preparation,
        ulong seed,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var (path, isClip) = (Path(parsed), contract.Input is ClipInput);
        if ((!isClip || path is null) && _forVideos.FirstOrDefault(parsed.IsGiven) is { } unused)
        {
            throw new UsageException(
                $"{unused.Name} says which videos of --calibration are used{(path is null ? "" : $"; {model} takes images")}"
            );
        }

        if (path is null)
        {
            return null;
        }

        try
        {
            return isClip
                ? await ReadClipsAsync(
                    parsed,
                    path,
                    preparation.Clips ?? throw PreprocessingOptions.Unprepared(model, "clips"),
                    seed,
                    progress,
                    cancellation
                )
                : CalibrationData.Read(
                    path,
                    preparation.Images ?? throw PreprocessingOptions.Unprepared(model, "images"),
                    MostOf(parsed)!.Value,
                    seed,
                    cancellation
                );
        }
        catch (InvalidDatasetException exception)
        {
            throw new InvalidDatasetException(
                $"{exception.Message}; the network takes {(isClip ? "clips of videos" : "images")} (--calibration)",
                exception
            )
            {
                Path = path,
            };
        }
    }

    private Task<CalibrationData> ReadClipsAsync(
        ParseResult parsed,
        string path,
        ClipPreprocessing clip,
        ulong seed,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var set = _videos!.Read(parsed, cancellation);
        if (SetPart.Of(set.Items.Select(item => item.Split), parsed.GetValue(_split), SetPart.Train, path) is { } part)
        {
            set = set.Choose(item => item.Split == part);
        }

        return CalibrationClips.ReadAsync(set, clip, MostOf(parsed)!.Value, seed, VideoSetOptionGroup.Translate(progress), cancellation);
    }
}
