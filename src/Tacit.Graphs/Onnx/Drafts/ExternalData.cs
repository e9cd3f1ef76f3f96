using System.Globalization;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Reads tensors that an ONNX file stores in other files of its folder.</summary>
/// <remarks>
/// <para>
/// The entries of a tensor are <c>location</c> (a relative path), <c>offset</c> (bytes, default 0) and <c>length</c> (bytes, default the
/// rest of the file). A <c>checksum</c> is not verified.
/// </para>
/// <para>
/// A location outside the folder of the model is rejected, even if a symbolic link leads there: a downloaded network must not read other
/// files of the user.
/// </para>
/// </remarks>
/// <param name="source">The model file.</param>
internal sealed class ExternalData(OnnxSource source)
{
    // The limit of Linux.
    private const int LongestChain = 40;

    /// <summary>Reads the bytes of an external tensor.</summary>
    /// <param name="proto">The tensor, which names the location.</param>
    /// <param name="bytes">The expected number of bytes.</param>
    /// <param name="what">The name of the tensor in error messages.</param>
    /// <exception cref="InvalidFileException">The file is missing, unreadable, outside the folder, or has another length.</exception>
    public ReadOnlyMemory<byte> Read(TensorProto proto, long bytes, string what)
    {
        var location = LocationOf(proto) ?? throw source.Invalid($"{what} is external, but its file is not named");
        try
        {
            var file = new FileInfo(Locate(location, what));
            if (!file.Exists)
            {
                throw source.Invalid($"{what} lies in {location}, which is missing; keep that file beside the model");
            }

            var offset = Number(proto, "offset", what) ?? 0;
            var length = Number(proto, "length", what) ?? file.Length - offset;
            if (offset > file.Length || length > file.Length - offset)
            {
                throw source.Invalid(
                    $"{what} lies in {location} at bytes {offset} to {(Int128)offset + length}, but the file has {file.Length}"
                );
            }

            if (length != bytes || length > Array.MaxLength)
            {
                throw source.Invalid($"{what} should hold {bytes} bytes, but {length} are named in {location}");
            }

            using var stream = file.OpenRead();
            stream.Seek(offset, SeekOrigin.Begin);
            var data = new byte[length];
            stream.ReadExactly(data);
            return data;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw source.Invalid($"{what} lies in {location}, which cannot be read: {exception.Message}", inner: exception);
        }
    }

    /// <summary>Returns the location that a tensor names; null if it names none.</summary>
    public static string? LocationOf(TensorProto proto) => Entry(proto, "location");

    /// <summary>Returns the path of the file with all links resolved. It must be within the folder of the model.</summary>
    /// <param name="location">The location that a tensor names.</param>
    /// <param name="what">The name of the tensor in error messages.</param>
    /// <exception cref="InvalidFileException">The location is outside the folder.</exception>
    public string Locate(string location, string what)
    {
        if (source.Path is null)
        {
            throw source.Invalid($"{what} lies in {location}, which cannot be found without the model's path");
        }

        var parts = location.Split('/', '\\');
        if (
            location.Length == 0
            || location.Contains('\0')
            || Path.IsPathRooted(location)
            || parts.Contains("..")
            || parts[0].Contains(':')
        )
        {
            throw Outside();
        }

        var folder = Resolve(Path.GetDirectoryName(Path.GetFullPath(source.Path))!, 0);
        var file = Resolve(Path.GetFullPath(Path.Combine(folder, location)), 0);
        return
            file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || folder == Path.GetPathRoot(folder)
            ? file
            : throw Outside();

        InvalidFileException Outside() =>
            source.Invalid($"{what} lies in {location}, which is outside the model's folder; move it into that folder");
    }

    /// <summary>Resolves the symbolic links in all parts of a path.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="links">The number of links followed so far. More than 40 are rejected as a circle.</param>
    private string Resolve(string path, int links)
    {
        var resolved = Path.GetPathRoot(path)!;
        foreach (var part in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            if (new FileInfo(resolved).LinkTarget is { } target)
            {
                if (links >= LongestChain)
                {
                    throw source.Invalid($"{path} is a cycle of links");
                }

                links++;
                resolved = Resolve(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), links);
            }
        }

        return resolved;
    }

    /// <summary>Returns an entry as a non-negative number; null if it is missing.</summary>
    private long? Number(TensorProto proto, string key, string what) =>
        Entry(proto, key) switch
        {
            null => null,
            var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            var text => throw source.Invalid($"{what} is external with the {key} {text}, which is not a number"),
        };

    private static string? Entry(TensorProto proto, string key) => proto.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;
}
