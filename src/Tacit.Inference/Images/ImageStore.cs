using Tacit.Graphs;

namespace Tacit.Inference.Images;

/// <summary>The contents of a store, as paths relative to it with "/" between folders. The paths of folders end in "/".</summary>
/// <param name="Files">The image files.</param>
/// <param name="Folders">The folders.</param>
/// <param name="Ignored">The number of files that were ignored: hidden files, and those without an image extension.</param>
/// <param name="MayHaveTop">Whether the whole set may lie in a single top folder, as is common in ZIP files.</param>
internal sealed record ImageScan(IReadOnlyList<string> Files, IReadOnlyList<string> Folders, int Ignored, bool MayHaveTop);

/// <summary>A container of encoded images: a folder or a ZIP file.</summary>
/// <param name="path">The path of the container.</param>
/// <param name="limits">The limits on its contents.</param>
internal abstract class ImageStore(string path, ImageSetLimits limits)
{
    /// <summary>The path of the container.</summary>
    public string Path { get; } = path;

    /// <summary>The limits on the contents.</summary>
    protected ImageSetLimits Limits { get; } = limits;

    /// <summary>Lists the contents.</summary>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <exception cref="InvalidDatasetException">The container cannot be read, is damaged or exceeds a limit.</exception>
    public abstract ImageScan Scan(CancellationToken cancellationToken);

    /// <summary>Opens a reader. It can be used by one thread at a time and is disposed by the caller.</summary>
    public abstract IImageReader OpenReader();

    /// <summary>Creates an exception whose message starts with the path.</summary>
    protected InvalidDatasetException Invalid(string message, Exception? inner = null) => new($"{Path} {message}", inner) { Path = Path };

    /// <summary>Creates the exception for a container with too many entries.</summary>
    protected InvalidDatasetException TooManyEntries() => Invalid($"has more than {Limits.MaxEntries} entries");

    /// <summary>Reads a stream to its end, but not beyond a limit. The declared length is not trusted.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">The declared length in bytes.</param>
    /// <param name="limit">The maximum length in bytes.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <exception cref="InvalidFileException">The declared or the actual length exceeds the limit.</exception>
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

    /// <summary>Determines whether an entry is hidden or belongs to the metadata that macOS adds to archives.</summary>
    protected static bool IsHidden(string name) => name.StartsWith('.') || name == "__MACOSX";

    private static InvalidFileException TooLarge(string name, long limit) =>
        new($"{name} is larger than {limit} bytes or than its entry states") { Path = name };
}

/// <summary>Reads the image files of a store.</summary>
internal interface IImageReader : IDisposable
{
    /// <summary>Reads an image file.</summary>
    /// <param name="key">The path of the file within the store.</param>
    /// <returns>The contents of the file.</returns>
    /// <exception cref="InvalidFileException">The file is missing, damaged or too large.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    byte[] Read(string key);
}
