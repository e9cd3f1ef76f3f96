namespace Tacit.Graphs;

/// <summary>Locks between processes, based on files.</summary>
/// <remarks>
/// The operating system releases a lock when the process ends, even if it is killed. The file remains. On Unix, locks are advisory.
/// </remarks>
public static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Takes an exclusive lock.</summary>
    /// <param name="path">The path of the file. It is created if it does not exist.</param>
    /// <returns>The lock, which is released when it is disposed; null if another process holds a lock.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static FileStream? TryTake(string path) => TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Takes a shared lock, which several processes can hold at the same time.</summary>
    /// <param name="path">The path of the file. It is created if it does not exist.</param>
    /// <returns>The lock, which is released when it is disposed; null if another process holds an exclusive lock.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static FileStream? TryShare(string path) => TryOpen(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);

    /// <summary>Returns whether a process holds an exclusive lock. The check itself briefly prevents others from taking one.</summary>
    /// <param name="path">The path of the file. It does not have to exist.</param>
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

    /// <summary>Repeats an attempt until it succeeds.</summary>
    /// <typeparam name="T">The type of the lock.</typeparam>
    /// <param name="attempt">Takes the lock; returns null if another process holds it.</param>
    /// <param name="waiting">Called once if the first attempt fails; null for none.</param>
    /// <param name="cancellation">Cancels the waiting.</param>
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
