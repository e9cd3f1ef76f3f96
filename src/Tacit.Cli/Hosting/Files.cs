using Tacit.Graphs;

namespace Tacit.Cli.Hosting;

/// <summary>Checks of paths that are made before any long work.</summary>
internal static class Files
{
    /// <summary>The name of a file that must exist.</summary>
    /// <exception cref="InvalidFileException">There is no file, or it is a folder.</exception>
    public static string Existing(string path, string what) =>
        File.Exists(path)
            ? path
            : throw new InvalidFileException(
                Directory.Exists(path) ? $"{path} is a folder, not {what}" : $"there is no file {path}; give {what}"
            )
            {
                Path = path,
            };

    /// <summary>Makes sure that a file can be written and that nothing is overwritten unasked.</summary>
    /// <exception cref="UsageException">There is something already and <paramref name="force"/> is not set.</exception>
    /// <exception cref="InvalidFileException">The folder cannot be made or written.</exception>
    public static void CheckOutput(string path, bool force)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{path} is a folder; choose a file");
        }

        if (File.Exists(path) && !force)
        {
            throw new UsageException($"{path} exists; overwrite it with --force, or choose another name");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(
                $"{folder} cannot be written ({exception.Message.TrimEnd('.')}); choose a file elsewhere",
                exception
            )
            {
                Path = folder,
            };
        }
    }

    /// <summary>A path as it is typed on a command line.</summary>
    public static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    /// <summary>A path as the user would name it from here.</summary>
    public static string Shown(string path) =>
        Path.GetRelativePath(".", path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
}
