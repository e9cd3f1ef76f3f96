using Tacit.TestKit;

namespace Tacit.Cli.Tests;

/// <summary>Red and blue videos of 8 frames, two for each of four sources, for the tests of a collection.</summary>
public sealed class ColorVideos : IDisposable
{
    /// <summary>The collection.</summary>
    public const string Collection = "color videos";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<bool> _written;

    public ColorVideos() => _written = new Lazy<bool>(Write);

    /// <summary>A list that divides the videos: sources 0 and 1 are for training, 2 and 3 for testing. Skips the test without ffmpeg.</summary>
    public string Divided => _written.Value ? _folder["divided.csv"] : "";

    /// <summary>A list that does not divide them.</summary>
    public string Undivided => _written.Value ? _folder["undivided.csv"] : "";

    /// <summary>
    /// The folder for the decoded frames of a list, which tests share, because starting ffmpeg takes longer than most of them.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="shortSide">The short side of the frames. Default: that of the commands that evaluate.</param>
    public string CacheOf(string list, int shortSide = 128) => _folder[Path.Combine($"caches-{shortSide}", Uri.EscapeDataString(list))];

    public void Dispose() => _folder.Dispose();

    private bool Write()
    {
        List<string> divided = ["file,label,source,split"],
            undivided = ["file,label,source"];
        for (var source = 0; source < 4; source++)
        {
            foreach (var (label, color) in new[] { ("red", $"0x{200 + source:x2}1010"), ("blue", $"0x1010{200 + source:x2}") })
            {
                var name = $"{label}{source}.mp4";
                GeneratedVideo.Run([
                    "-loglevel",
                    "error",
                    "-f",
                    "lavfi",
                    "-i",
                    $"color=c={color}:size=32x24:rate=8:duration=1",
                    "-threads",
                    "1",
                    _folder[name],
                ]);
                divided.Add($"{name},{label},s{source},{(source < 2 ? "train" : "test")}");
                undivided.Add($"{name},{label},s{source}");
            }
        }

        File.WriteAllLines(_folder["divided.csv"], divided);
        File.WriteAllLines(_folder["undivided.csv"], undivided);
        return true;
    }
}

[CollectionDefinition(ColorVideos.Collection)]
public sealed class ColorVideosCollection : ICollectionFixture<ColorVideos>;
