using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Options;

/// <summary>The argument VIDEOS and the options for reading it: --kind, --root, --fold, --allow-missing.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>VIDEOS: a folder, a list (text or CSV) or one video</item>
/// <item>--kind: auto (default), folder, classes (a folder for each class), list, csv, ucf101, hmdb51 or kinetics</item>
/// <item>--root: the folder to which paths in a list are relative. Default: the folder of the list</item>
/// <item>--fold: the division of UCF-101 or HMDB-51, 1 to 99. Default 1</item>
/// <item>--allow-missing: leaves out listed videos that do not exist</item>
/// </list>
/// </remarks>
internal sealed class VideoSetOptionGroup
{
    private static readonly (string Word, VideoSetKind Kind)[] Kinds =
    [
        ("auto", VideoSetKind.Auto),
        ("folder", VideoSetKind.Folder),
        ("classes", VideoSetKind.ClassFolders),
        ("list", VideoSetKind.List),
        ("csv", VideoSetKind.Csv),
        ("ucf101", VideoSetKind.Ucf101),
        ("hmdb51", VideoSetKind.Hmdb51),
        ("kinetics", VideoSetKind.Kinetics),
    ];

    private readonly Func<ParseResult, string?> _videos;
    private readonly Option<string> _kind = Choices.Of(
        "--kind",
        $"The format of the set: {string.Join(", ", Kinds.Select(kind => kind.Word))}. auto detects it.",
        [.. Kinds.Select(kind => kind.Word)]
    );
    private readonly Option<string?> _root = new("--root")
    {
        Description = "The folder that paths in a list are relative to. Default: the folder of the list.",
        HelpName = "FOLDER",
    };
    private readonly Option<int> _fold = Numbers.Integer(
        "--fold",
        [],
        1,
        99,
        1,
        "The split number to read from a folder of UCF-101 or HMDB-51 lists."
    );
    private readonly Option<bool> _allowMissing = new("--allow-missing") { Description = "Ignore listed videos that are missing." };

    /// <summary>Adds the argument VIDEOS and the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isOptional">Whether the argument may be omitted, for example with --resume. Default false.</param>
    public VideoSetOptionGroup(Command command, bool isOptional = false)
    {
        var videos = new Argument<string?>("VIDEOS")
        {
            Description = "A folder of videos, a list of them (text or CSV), or one video.",
            Arity = isOptional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
        command.Add(videos);
        _videos = parsed => parsed.GetValue(videos);
        AddOptions(command);
    }

    /// <summary>Adds only the options to a command in which another option names the videos.</summary>
    /// <param name="command">The command.</param>
    /// <param name="videos">The option that names the videos, already added.</param>
    public VideoSetOptionGroup(Command command, Option<string?> videos)
    {
        _videos = parsed => parsed.GetValue(videos);
        AddOptions(command);
    }

    /// <summary>Returns the path of the videos as given; null if it is omitted.</summary>
    public string? Videos(ParseResult parsed) => _videos(parsed);

    /// <summary>Returns the options for reading the set.</summary>
    public VideoSetOptions Options(ParseResult parsed) =>
        new()
        {
            Kind = Kinds.First(kind => kind.Word == parsed.GetValue(_kind)).Kind,
            Root = parsed.GetValue(_root) is { } root ? Path.GetFullPath(root) : null,
            Fold = parsed.GetValue(_fold),
            AllowMissing = parsed.GetValue(_allowMissing),
        };

    /// <summary>Reads the list of videos, without opening them.</summary>
    /// <param name="parsed">The parsed command line. VIDEOS must be given.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <exception cref="UsageException">--fold is given for a set without several divisions.</exception>
    /// <exception cref="Inference.InvalidDatasetException">The set cannot be read, or a listed video is missing.</exception>
    public VideoSet Read(ParseResult parsed, CancellationToken cancellation)
    {
        var set = VideoSet.Read(Videos(parsed)!, Options(parsed), cancellation);
        return parsed.IsGiven(_fold) && set.Kind is not (VideoSetKind.Ucf101 or VideoSetKind.Hmdb51)
            ? throw new UsageException($"--fold chooses among the lists of UCF-101 or HMDB-51, and {set.Path} has none")
            : set;
    }

    /// <summary>Converts progress on videos to progress for the display. Unreadable videos are counted.</summary>
    public static IProgress<VideoSetProgress> Translate(IProgress<StageProgress> progress) =>
        new Relay<VideoSetProgress>(value =>
            progress.Report(
                new StageProgress(
                    value.Stage,
                    value.Done,
                    value.Total,
                    value.Unreadable == 0 ? [] : [new Measure("unreadable", value.Unreadable, IsCount: true)]
                )
            )
        );

    private void AddOptions(Command command)
    {
        _kind.HelpName = "KIND";
        foreach (var option in new Option[] { _kind, _root, _fold, _allowMissing })
        {
            command.Add(option);
        }
    }
}
