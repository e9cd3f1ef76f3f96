using System.Text;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Sets;

/// <summary>A text file that lists videos.</summary>
/// <param name="Path">The path of the file, for messages.</param>
/// <param name="Text">The contents.</param>
internal sealed record ListFile(string Path, string Text)
{
    // A list of ten million videos is smaller. A larger file is not read into memory.
    private const long LargestBytes = 1L << 30;

    private static readonly string[] TextEndings = [".txt", ".csv", ".tsv", ".lst"];

    /// <summary>The lines that are not blank, trimmed, with their line numbers from 1.</summary>
    public IEnumerable<(int Number, string Text)> Lines
    {
        get
        {
            using var reader = new StringReader(Text);
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    yield return (number, line.Trim());
                }
            }
        }
    }

    /// <summary>The full path of the folder that contains the list.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>Reads a file as UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDatasetException">
    /// The path is a folder, or the file cannot be read, is larger than 1 GiB, is not UTF-8 or contains a null byte.
    /// </exception>
    public static ListFile Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDatasetException($"{path} is a folder; give the file that lists its videos") { Path = path };
        }

        try
        {
            if (new FileInfo(path).Length > LargestBytes)
            {
                throw new InvalidDatasetException($"{path} is too large for a list of videos") { Path = path };
            }

            var text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            var file = new ListFile(path, text);
            return text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var at
                ? throw file.Invalid(1 + text.AsSpan(0, at).Count('\n'), "contains a zero byte; this is not a list")
                : file;
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDatasetException($"{path} is not UTF-8 text, as a list of videos must be", exception) { Path = path };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException($"{path} cannot be read: {exception.Message}", exception) { Path = path };
        }
    }

    /// <summary>
    /// Determines whether a file that is not named as a text begins with zero bytes, so that it is a video of another extension and
    /// not a list.
    /// </summary>
    /// <param name="path">The file. Only regular files are opened.</param>
    public static bool IsBinary(string path)
    {
        if (TextEndings.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) || VideoFile.Of(path).Length == 0)
        {
            return false;
        }

        try
        {
            using var file = File.OpenRead(path);
            var start = new byte[4096];
            return start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).Contains((byte)0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Creates an exception that names the file and the line.</summary>
    /// <param name="line">The line number, from 1.</param>
    /// <param name="what">The problem.</param>
    public InvalidDatasetException Invalid(int line, string what) => new($"{Path}, line {line}: {what}") { Path = Path };
}
