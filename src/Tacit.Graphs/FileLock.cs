namespace Tacit.Inference.Video;

// Locks between processes. The system releases them when the process ends, however it ends; the files stay. Advisory on Unix.
internal static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    // Alone; null where another holds the lock.
    public static FileStream? TryTake(string path) => TryOpen(path, FileAccess.ReadWrite, FileShare.None);

    // Together with others that share it; null where another holds it alone.
    public static FileStream? TryShare(string path) => TryOpen(path, FileAccess.Read, FileShare.Read);

    // Tries until it has the lock; says once that it waits.
    public static async Task<T> WaitAsync<T>(Func<T?> attempt, Action? waiting, CancellationToken cancellation)
        where T : class
    {
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

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share, 1);
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            return null;
        }
    }
}
