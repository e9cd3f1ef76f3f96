using System.Text;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// A text file that lists videos, and what is said where one of its lines cannot be read.
internal sealed record ListFile(string Path, string Text)
{
    // A list of ten million videos is smaller; a file that is no list is not read into memory.
    private const long LargestBytes = 1L << 30;

    // The lines that are not blank, without white space around them, numbered from 1.
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

    // The folder that holds the list.
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

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
                ? throw file.Invalid(1 + text.AsSpan(0, at).Count('\n'), "holds a byte 0; this is no list")
                : file;
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDatasetException($"{path} is not text in UTF-8, as a list of videos is", exception) { Path = path };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException($"{path} cannot be read: {exception.Message}", exception) { Path = path };
        }
    }

    public InvalidDatasetException Invalid(int line, string what) => new($"{Path}, line {line}: {what}") { Path = Path };
}
