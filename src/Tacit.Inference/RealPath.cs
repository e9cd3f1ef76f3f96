namespace Tacit.Inference;

/// <summary>Resolves symbolic links.</summary>
internal static class RealPath
{
    /// <summary>
    /// Returns the full path with all links resolved. A part that cannot be resolved, such as a cycle of links, is kept as it
    /// is.
    /// </summary>
    /// <param name="path">The path; it need not exist.</param>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var real = root;
        foreach (var part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            try
            {
                var target = new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true);
                real = target is null ? real : Of(target.FullName);
            }
            catch (IOException)
            {
                // The links form a cycle; reading the path will fail.
            }
        }

        return real;
    }
}
