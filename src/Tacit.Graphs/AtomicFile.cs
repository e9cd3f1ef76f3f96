namespace Tacit.Graphs;

/// <summary>Writes files atomically: a file is either written completely or left unchanged.</summary>
/// <remarks>
/// The contents are written to a temporary file in the same folder and flushed to disk; the temporary file is then renamed. If writing
/// fails or the process ends earlier, an existing file of that name keeps its contents.
/// </remarks>
/// <example>
/// <code>
/// AtomicFile.Write("weights.bin", stream =&gt; stream.Write(bytes));
/// </code>
/// </example>
public static class AtomicFile
{
    /// <summary>
    /// The suffix of temporary files. Their names start with a dot. A file with this suffix may remain when the process is killed.
    /// </summary>
    public const string TemporaryEnd = ".tmp";

    private const int BufferSize = 1 << 16;

    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The path of the file. Its folder must exist.</param>
    /// <param name="write">Writes the contents. It does not need to flush or close the stream.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
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

    /// <summary>Writes or replaces a file asynchronously.</summary>
    /// <param name="path">The path of the file. Its folder must exist.</param>
    /// <param name="write">Writes the contents. It does not need to flush or close the stream.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
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
