using System.Security.Cryptography;
using System.Text;

namespace Tacit.Cli.Options;

/// <summary>Where commands keep the decoded frames of a set for one another, unless they are told otherwise.</summary>
internal static class SharedCache
{
    /// <summary>The folder: one for one set and short side, wherever it is used from.</summary>
    /// <param name="videos">The set as it was named.</param>
    /// <param name="shortSide">The short side of frames in pixels.</param>
    public static string Folder(string videos, int shortSide)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(videos));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..12];
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "tacit", "videos", $"{Path.GetFileNameWithoutExtension(path)}-{hash}-{shortSide}");
    }
}
