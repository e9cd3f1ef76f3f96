using System.CommandLine;

namespace Tacit.Cli.Options;

/// <summary>Where the decoded frames of a training are kept: --cache, --cache-size, --short-side.</summary>
internal sealed class VideoCacheOptionGroup
{
    private const long DefaultSize = 8_000_000_000;

    private readonly Option<string?> _folder = new("--cache")
    {
        Description = "The folder of decoded videos. [default: in the user's cache folder, shared by all runs on the same videos]",
        HelpName = "FOLDER",
    };
    private readonly Option<long?> _size = Numbers.OptionalBytes(
        "--cache-size",
        "Size limit of decoded videos. Larger sets are not cached but decoded again for each clip. [default: 8G]"
    );
    private readonly Option<int> _shortSide = Numbers.Integer(
        "--short-side",
        [],
        16,
        4096,
        128,
        "Short side of decoded frames in pixels, before cropping."
    );

    public VideoCacheOptionGroup(Command command)
    {
        foreach (var option in new Option[] { _folder, _size, _shortSide })
        {
            command.Add(option);
        }
    }

    /// <summary>The short side of decoded frames in pixels.</summary>
    public int ShortSide(ParseResult parsed) => parsed.GetValue(_shortSide);

    /// <summary>The most bytes that they may take.</summary>
    public long Size(ParseResult parsed) => parsed.GetValue(_size) ?? DefaultSize;

    /// <summary>Their folder: one for one set and size, wherever it is trained from.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="videos">The full path of the set.</param>
    public string Folder(ParseResult parsed, string videos) =>
        Path.GetFullPath(parsed.GetValue(_folder) ?? SharedCache.Folder(videos, ShortSide(parsed)));
}
