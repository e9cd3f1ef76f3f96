using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Options;

/// <summary>A set of videos on the command line, and how it is read.</summary>
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

    /// <summary>Adds the argument VIDEOS and the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isOptional">Whether the videos may be left out.</param>
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

    /// <summary>Adds the options where another one names the videos.</summary>
    /// <param name="command">The command.</param>
    /// <param name="videos">What names them; the command has it.</param>
    public VideoSetOptionGroup(Command command, Option<string?> videos)
    {
        _videos = parsed => parsed.GetValue(videos);
        AddOptions(command);
    }

    /// <summary>The videos as they were named; null where they were left out.</summary>
    public string? Videos(ParseResult parsed) => _videos(parsed);

    /// <summary>How the set is read.</summary>
    public VideoSetOptions Options(ParseResult parsed) =>
        new()
        {
            Kind = Kinds.First(kind => kind.Word == parsed.GetValue(_kind)).Kind,
            Root = parsed.GetValue(_root) is { } root ? Path.GetFullPath(root) : null,
            Fold = parsed.GetValue(_fold),
            AllowMissing = parsed.GetValue(_allowMissing),
        };

    /// <summary>Reads the set.</summary>
    /// <exception cref="UsageException">--fold is given, but the set has no divisions to choose from.</exception>
    public VideoSet Read(ParseResult parsed, CancellationToken cancellation)
    {
        var set = VideoSet.Read(Videos(parsed)!, Options(parsed), cancellation);
        return parsed.GetResult(_fold) is { Implicit: false } && set.Kind is not (VideoSetKind.Ucf101 or VideoSetKind.Hmdb51)
            ? throw new UsageException($"--fold chooses among the lists of UCF-101 or HMDB-51, and {set.Path} has none")
            : set;
    }

    /// <summary>Hands the progress of work on videos on to what shows it.</summary>
    public static IProgress<VideoSetProgress> Translate(IProgress<StageProgress> progress) =>
        new Relay<VideoSetProgress>(value =>
            progress.Report(
                new StageProgress(
                    value.Stage,
                    value.Done,
                    value.Total,
                    value.Unreadable == 0 ? [] : [new Measure("unreadable", value.Unreadable)]
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
