using System.Diagnostics;
using Tacit.Graphs;

namespace Tacit.Inference.Video.Decoding;

/// <summary>A running ffmpeg or ffprobe.</summary>
/// <remarks>
/// Every wait is limited by the timeout of the options. When it expires, the program is killed and the wait throws <see
/// cref="InvalidVideoException"/>. Disposing kills the program if it still runs, waits for it to end, empties its pipes and
/// releases its slot.
/// </remarks>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SemaphoreSlim _slots;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenRegistration _kill;
    private readonly Task _logging;
    private readonly string _path;
    private readonly string _name;

    /// <summary>
    /// Takes ownership of a started process and of one acquired slot of <paramref name="slots"/>, which is released on
    /// disposal.
    /// </summary>
    /// <param name="process">The process, with standard output and standard error redirected.</param>
    /// <param name="name">The name of the program for messages: "ffmpeg" or "ffprobe".</param>
    /// <param name="path">The input file, for messages.</param>
    /// <param name="slots">The semaphore that limits the number of processes.</param>
    /// <param name="timeout">How long a single wait may take.</param>
    /// <param name="cancellation">Kills the process.</param>
    public FfmpegProcess(Process process, string name, string path, SemaphoreSlim slots, TimeSpan timeout, CancellationToken cancellation)
    {
        (_process, _name, _path, _slots, _timeout, _cancellation) = (process, name, path, slots, timeout, cancellation);
        Log = new FfmpegLog(path);
        _logging = Log.ReadAsync(process.StandardError);
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _kill = _limit.Token.Register(Kill);
    }

    /// <summary>The log of the program, read in the background.</summary>
    public FfmpegLog Log { get; }

    /// <summary>Reads from the standard output until the buffer is full or the output ends.</summary>
    /// <param name="buffer">The buffer to fill.</param>
    /// <returns>
    /// The number of bytes read. It is less than the length of <paramref name="buffer"/> only at the end of the output.
    /// </returns>
    /// <exception cref="InvalidVideoException">The program produced nothing within the timeout.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await WithinLimit(_process.StandardOutput.BaseStream.ReadAsync(buffer[filled..], CancellationToken.None))
                .ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }

    /// <summary>Reads the next line of the standard output; null at its end.</summary>
    /// <exception cref="InvalidVideoException">The program produced nothing within the timeout.</exception>
    public Task<string?> ReadLineAsync() => WithinLimit(_process.StandardOutput.ReadLineAsync(CancellationToken.None));

    /// <summary>Reads the next frame of the log; null at its end.</summary>
    /// <exception cref="InvalidVideoException">The program produced nothing within the timeout.</exception>
    public Task<LoggedFrame?> ReadFrameAsync()
    {
        return WithinLimit(NextAsync());

        async ValueTask<LoggedFrame?> NextAsync() =>
            await Log.Frames.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false) && Log.Frames.TryRead(out var frame)
                ? frame
                : null;
    }

    /// <summary>Waits until the program has ended and its log is complete.</summary>
    /// <returns>The exit code of the program.</returns>
    /// <exception cref="InvalidVideoException">The program did not end within the timeout.</exception>
    public Task<int> ExitAsync()
    {
        return WithinLimit(EndAsync());

        async ValueTask<int> EndAsync()
        {
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            await _logging.ConfigureAwait(false);
            return _process.ExitCode;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _kill.DisposeAsync().ConfigureAwait(false);
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            await _process.StandardOutput.BaseStream.DisposeAsync().ConfigureAwait(false);
            await _logging.ConfigureAwait(false);
            _limit.Dispose();
            _process.Dispose();
        }
        finally
        {
            _slots.Release();
        }
    }

    // The limit kills the program, which ends every wait on it. A pending read of a pipe cannot be cancelled reliably.
    private async Task<T> WithinLimit<T>(ValueTask<T> wait)
    {
        if (!wait.IsCompleted)
        {
            _limit.CancelAfter(_timeout);
        }

        var result = await wait.ConfigureAwait(false);
        if (!_limit.IsCancellationRequested)
        {
            _limit.CancelAfter(Timeout.InfiniteTimeSpan);
            return result;
        }

        _cancellation.ThrowIfCancellationRequested();
        throw new InvalidVideoException($"{OneLine.Of(_path)}: {_name} gave nothing for {_timeout.TotalSeconds:0.###} s and was stopped")
        {
            Path = _path,
        };
    }

    private void Kill()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // The process has ended already.
        }
    }
}
