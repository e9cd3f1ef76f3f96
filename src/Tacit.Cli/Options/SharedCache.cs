using System.Security.Cryptography;
using System.Text;

namespace Tacit.Cli.Options;

/// <summary>The default folder of decoded frames, which commands on the same videos share.</summary>
internal static class SharedCache
{
    /// <summary>
    /// Returns the folder for a set and a short side: a subfolder of $XDG_CACHE_HOME/tacit/videos, or of ~/.cache/tacit/videos.
    /// </summary>
    /// <remarks>The name contains a hash of the full path of the set, so the current folder does not matter.</remarks>
    /// <param name="videos">The path of the set.</param>
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
