using System.Text;
using Tacit.Graphs;

namespace Tacit.Cli.Hosting;

/// <summary>Checks paths before long work starts, and formats them for messages.</summary>
internal static class Files
{
    /// <summary>Returns the path of a file that must exist.</summary>
    /// <param name="path">The path.</param>
    /// <param name="what">A description of the file for the message, for example "an ONNX file".</param>
    /// <exception cref="InvalidFileException">The file does not exist, or is a folder.</exception>
    public static string Existing(string path, string what) =>
        File.Exists(path)
            ? path
            : throw new InvalidFileException(
                Directory.Exists(path) ? $"{path} is a folder, not {what}" : $"there is no file {path}; give {what}"
            )
            {
                Path = path,
            };

    /// <summary>Verifies that a file can be written. Creates its folder if necessary, and writes a temporary file into it.</summary>
    /// <param name="path">The path of the output.</param>
    /// <param name="force">Whether an existing file may be overwritten.</param>
    /// <exception cref="UsageException">The path is a folder, or the file exists and <paramref name="force"/> is false.</exception>
    /// <exception cref="InvalidFileException">The folder cannot be created or written.</exception>
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

    /// <summary>Writes a text file in UTF-8. An existing file is replaced as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text.</param>
    public static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Returns the last part of a path, which may end in a separator.</summary>
    public static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    /// <summary>Returns a path as it is typed on a command line: in quotes if it contains a space.</summary>
    public static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    /// <summary>Returns a path relative to the current folder if it lies within it; otherwise the path itself.</summary>
    public static string Shown(string path) =>
        Path.GetRelativePath(".", path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
}
