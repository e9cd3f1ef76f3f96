using System.CommandLine;

namespace Tacit.Cli.Options;

/// <summary>The options for the decoded frames of a training: --cache, --cache-size, --short-side.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>
/// --cache: the folder. Default: one in the user's cache folder that all runs on these videos share, see <see cref="SharedCache"/>
/// </item>
/// <item>--cache-size: the largest number of bytes, for example 8G. A larger set is decoded at each access, and with 0 every set. Default 8 · 10⁹</item>
/// <item>--short-side: the short side of decoded frames in pixels, 16 to 4,096. Crops are cut from these. Default 128</item>
/// </list>
/// </remarks>
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
        "Size limit of decoded videos. Larger sets are not cached but decoded again for each clip; 0 for no cache. [default: 8G]",
        minimum: 0
    );
    private readonly Option<int> _shortSide = Numbers.Integer(
        "--short-side",
        [],
        16,
        4096,
        128,
        "Short side of decoded frames in pixels, before cropping."
    );

    /// <summary>Adds the options to a command.</summary>
    public VideoCacheOptionGroup(Command command)
    {
        foreach (var option in new Option[] { _folder, _size, _shortSide })
        {
            command.Add(option);
        }
    }

    /// <summary>Returns the short side of decoded frames in pixels. Default 128.</summary>
    public int ShortSide(ParseResult parsed) => parsed.GetValue(_shortSide);

    /// <summary>
    /// Returns the largest size of the cache in bytes. Default 8 · 10⁹. If a set needs more, videos are decoded at each access.
    /// </summary>
    public long Size(ParseResult parsed) => parsed.GetValue(_size) ?? DefaultSize;

    /// <summary>Returns the full path of the cache: that of --cache, or the shared folder of the set.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="videos">The full path of the set.</param>
    public string Folder(ParseResult parsed, string videos) =>
        Path.GetFullPath(parsed.GetValue(_folder) ?? SharedCache.Folder(videos, ShortSide(parsed)));
}
