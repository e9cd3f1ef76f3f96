namespace Tacit.Inference;

// Where a path really leads.
internal static class RealPath
{
    // The full path with every link in it resolved; a part that cannot be resolved stays as it is.
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
                // A circle of links: it leads nowhere, and reading it will say so.
            }
        }

        return real;
    }
}
