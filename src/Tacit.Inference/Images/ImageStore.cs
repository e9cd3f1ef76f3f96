using Tacit.Graphs;

namespace Tacit.Inference.Images;

// What a store holds: image files and folders as paths within it, "/" between folders, folders with a "/" at the end.
internal sealed record ImageScan(IReadOnlyList<string> Files, IReadOnlyList<string> Folders, int Ignored, bool MayHaveTop);

// Where encoded images lie. A reader is for one thread at a time.
internal abstract class ImageStore(string path, ImageSetLimits limits)
{
    public string Path { get; } = path;

    protected ImageSetLimits Limits { get; } = limits;

    public abstract ImageScan Scan(CancellationToken cancellationToken);

    public abstract IImageReader OpenReader();

    protected InvalidDatasetException Invalid(string message, Exception? inner = null) => new($"{Path} {message}", inner) { Path = Path };

    protected InvalidDatasetException TooManyEntries() => Invalid($"has more than {Limits.MaxEntries} entries");

    // Reads to the end, but not past a limit, whatever the stream's owner says of its length.
    protected static byte[] ReadAll(Stream stream, long expected, long limit, string name)
    {
        if (expected > limit)
        {
            throw TooLarge(name, limit);
        }

        using var buffer = new MemoryStream((int)Math.Min(expected, 1 << 20));
        var chunk = new byte[81920];
        for (int read; (read = stream.Read(chunk)) > 0; )
        {
            if (buffer.Length + read > limit)
            {
                throw TooLarge(name, limit);
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
    }

    protected static bool IsHidden(string name) => name.StartsWith('.') || name == "__MACOSX";

    private static InvalidFileException TooLarge(string name, long limit) =>
        new($"{name} is larger than {limit} bytes or than it says") { Path = name };
}

internal interface IImageReader : IDisposable
{
    // The bytes of an image file; InvalidFileException or IOException where it cannot be read.
    byte[] Read(string key);
}
