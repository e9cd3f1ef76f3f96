using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;

namespace Tacit.Cli.Commands.Training;

/// <summary>The options of commands that train on videos: the set, the run folder, the training itself, the cache, and the run.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>VIDEOS and its options, see <see cref="VideoSetOptionGroup"/>. VIDEOS is omitted with --resume</item>
/// <item>--output: the run folder. Default: the name of VIDEOS with -encoder or -classifier, in the current folder</item>
/// <item>the options of the training, see <typeparamref name="T"/></item>
/// <item>--split: the part of the set to train on, or "all". Default "train" if the set has parts</item>
/// <item>the options of <see cref="VideoCacheOptionGroup"/>, <see cref="RunOptionGroup"/> and <see cref="CommonOptions"/></item>
/// </list>
/// </remarks>
/// <typeparam name="T">The options of the training, which only this command has.</typeparam>
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

    /// <summary>Adds the options to a command.</summary>
    /// <param name="terminal">The output streams.</param>
    /// <param name="command">The command.</param>
    /// <param name="made">
    /// The kind of network that the command produces, "encoder" or "classifier". It names the folder and the file.
    /// </param>
    /// <param name="particular">Adds the options of the training.</param>
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

    /// <summary>The options of the training.</summary>
    public T Particular { get; }

    /// <summary>The options for beginning and resuming runs.</summary>
    public RunOptionGroup Run { get; }

    /// <summary>The options of every command.</summary>
    public CommonOptions Common { get; }

    /// <summary>Returns the path of the videos as given; null if it is omitted.</summary>
    /// <param name="parsed">The parsed command line.</param>
    public string? Named(ParseResult parsed) => _set.Videos(parsed);

    /// <summary>Returns the videos and their cache for the request.</summary>
    /// <param name="parsed">The parsed command line. VIDEOS must be given.</param>
    /// <param name="size">The width and height in pixels of the clips that are cropped from the frames.</param>
    /// <param name="advice">
    /// An alternative to a larger --short-side for the error message, such as ", or lower --size". Default empty.
    /// </param>
    /// <exception cref="UsageException">The frames are smaller than the clips.</exception>
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

    /// <summary>Returns the path of the run folder: that of --output, or the name of the videos with "-encoder" or "-classifier".</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="videos">The videos.</param>
    public string Folder(ParseResult parsed, TrainingVideos videos) =>
        parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(videos.Path))}-{_made}";

    /// <summary>Reads the list of videos, without opening them.</summary>
    /// <param name="parsed">The parsed command line. VIDEOS must be given.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <exception cref="UsageException">--fold is given for a set without several divisions.</exception>
    /// <exception cref="Inference.InvalidDatasetException">The set cannot be read, or a listed video is missing.</exception>
    public VideoSet Read(ParseResult parsed, CancellationToken cancellation) => _set.Read(parsed, cancellation);
}
