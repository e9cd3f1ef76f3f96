namespace Tacit.Graphs;

/// <summary>Writes a file as a whole or not at all.</summary>
/// <remarks>
/// The contents go to a temporary file in the same folder, are flushed to the disk, and take the name by a rename. Whatever
/// goes wrong before that, a full disk or the end of the process, leaves an earlier file of that name as it was.
/// </remarks>
public static class AtomicFile
{
    /// <summary>How the names of temporary files end; they begin with a point. The end of the process may leave one behind.</summary>
    public const string TemporaryEnd = ".tmp";

    private const int BufferSize = 1 << 16;

    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the contents to the stream, which need not be flushed or closed.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier one is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var (full, temporary) = Names(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes or replaces a file whose contents come over time.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the contents to the stream, which need not be flushed or closed.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier one is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var (full, temporary) = Names(path);
        try
        {
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize);
            await using (stream.ConfigureAwait(false))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static (string Full, string Temporary) Names(string path)
    {
        var full = Path.GetFullPath(path);
        return (full, Path.Combine(Path.GetDirectoryName(full) ?? "/", $".{Path.GetFileName(full)}.{Guid.NewGuid():N}{TemporaryEnd}"));
    }
}
