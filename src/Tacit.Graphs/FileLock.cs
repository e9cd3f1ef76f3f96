namespace Tacit.Graphs;

/// <summary>Locks between processes, by files.</summary>
/// <remarks>The system releases a lock when the process ends, however it ends; the file stays. On Unix locks are advisory.</remarks>
public static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Takes a lock alone; null where another holds it.</summary>
    /// <param name="path">The file, which is made where it is missing.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static FileStream? TryTake(string path) => TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Takes a lock together with others that share it; null where another holds it alone.</summary>
    /// <inheritdoc cref="TryTake"/>
    public static FileStream? TryShare(string path) => TryOpen(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);

    /// <summary>Whether a process holds a lock alone. Nothing is changed, but for a moment nobody can take it alone.</summary>
    /// <param name="path">The file, which may be missing.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static bool IsTaken(string path)
    {
        try
        {
            using var probe = TryOpen(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return probe is null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Tries until it has the lock.</summary>
    /// <param name="attempt">Takes the lock; null where another holds it.</param>
    /// <param name="waiting">Is told once that it waits.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public static async Task<T> WaitAsync<T>(Func<T?> attempt, Action? waiting, CancellationToken cancellation)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(attempt);
        for (var tries = 0; ; tries++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (attempt() is { } held)
            {
                return held;
            }

            if (tries == 0)
            {
                waiting?.Invoke();
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    private static FileStream? TryOpen(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share, 1);
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            return null;
        }
    }
}
