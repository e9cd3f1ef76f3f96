namespace Tacit.Graphs;

/// <summary>Writes a file as a whole or not at all.</summary>
/// <remarks>
/// The contents go to a temporary file in the same folder, are flushed to the disk, and take the name by a rename. Whatever
/// goes wrong before that, a full disk or the end of the process, leaves an earlier file of that name as it was.
/// </remarks>
public static class AtomicFile
{
    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the contents to the stream, which need not be flushed or closed.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier one is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full) ?? "/", $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
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
}
