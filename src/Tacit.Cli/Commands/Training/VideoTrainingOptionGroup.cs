using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;

namespace Tacit.Cli.Commands.Training;

/// <summary>The options of verbs that train on videos: the set, the folder of the run, what is particular to the verb, the part, the cache, the run.</summary>
/// <typeparam name="T">The options that are particular to the verb.</typeparam>
internal sealed class VideoTrainingOptionGroup<T>
{
    private readonly string _made;
    private readonly VideoSetOptionGroup _set;
    private readonly Option<string?> _output;
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of the set to train on, or all. [default: train if the set has parts]",
        HelpName = "PART",
    };
    private readonly VideoCacheOptionGroup _cache;

    /// <summary>Adds the options.</summary>
    /// <param name="terminal">Where it is told what is fetched first.</param>
    /// <param name="command">The command.</param>
    /// <param name="made">What it makes, such as "encoder".</param>
    /// <param name="particular">Adds the options that are particular to the verb.</param>
    public VideoTrainingOptionGroup(Terminal terminal, Command command, string made, Func<Command, T> particular)
    {
        _made = made;
        _set = new VideoSetOptionGroup(command, isOptional: true);
        _output = new Option<string?>("--output", "-o")
        {
            Description = $"The run folder, with {made}.onnx, report.html and checkpoints. Default: VIDEOS-{made} in the current folder.",
            HelpName = "FOLDER",
        };
        command.Add(_output);
        Particular = particular(command);
        command.Add(_split);
        _cache = new VideoCacheOptionGroup(command);
        Run = new RunOptionGroup(terminal, command);
        Common = new CommonOptions(command);
    }

    /// <summary>The options that are particular to the verb.</summary>
    public T Particular { get; }

    /// <summary>How the run is begun and gone on with.</summary>
    public RunOptionGroup Run { get; }

    /// <summary>The options of every verb.</summary>
    public CommonOptions Common { get; }

    /// <summary>The videos as they were named; null where they were left out.</summary>
    public string? Named(ParseResult parsed) => _set.Videos(parsed);

    /// <summary>The videos.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="size">The side in pixels of the clips that are cut from them.</param>
    /// <param name="advice">What else than a greater --short-side would do.</param>
    /// <exception cref="UsageException">Frames are too small for the clips.</exception>
    public TrainingVideos Videos(ParseResult parsed, int size, string advice = "")
    {
        var path = Path.GetFullPath(Named(parsed)!);
        var shortSide = _cache.ShortSide(parsed);
        return shortSide >= size
            ? new TrainingVideos
            {
                Path = path,
                Set = _set.Options(parsed),
                Split = parsed.GetValue(_split),
                Cache = _cache.Folder(parsed, path),
                CacheSize = _cache.Size(parsed),
                ShortSide = shortSide,
            }
            : throw new UsageException($"clips of {size} pixels cannot be cropped from frames of {shortSide}: raise --short-side{advice}");
    }

    /// <summary>The folder of the run.</summary>
    public string Folder(ParseResult parsed, TrainingVideos videos) =>
        parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(videos.Path))}-{_made}";

    /// <summary>Reads the set.</summary>
    /// <exception cref="UsageException">--fold is given, but the set has no divisions to choose from.</exception>
    public VideoSet Read(ParseResult parsed, CancellationToken cancellation) => _set.Read(parsed, cancellation);
}
