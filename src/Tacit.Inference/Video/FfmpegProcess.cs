using System.Diagnostics;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// A running ffmpeg or ffprobe. Disposing kills it if it still runs, waits for its end and empties its pipes.
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

    // Takes over one of the slots, and gives it back when it is disposed.
    public FfmpegProcess(Process process, string name, string path, SemaphoreSlim slots, TimeSpan timeout, CancellationToken cancellation)
    {
        (_process, _name, _path, _slots, _timeout, _cancellation) = (process, name, path, slots, timeout, cancellation);
        Log = new FfmpegLog(path);
        _logging = Log.ReadAsync(process.StandardError);
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _kill = _limit.Token.Register(Kill);
    }

    public FfmpegLog Log { get; }

    // Fills the buffer as far as the output goes.
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

    // The next line of the output; null at its end.
    public Task<string?> ReadLineAsync() => WithinLimit(_process.StandardOutput.ReadLineAsync(CancellationToken.None));

    // The next frame that the log tells of; null at its end.
    public Task<LoggedFrame?> ReadFrameAsync()
    {
        return WithinLimit(NextAsync());

        async ValueTask<LoggedFrame?> NextAsync() =>
            await Log.Frames.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false) && Log.Frames.TryRead(out var frame)
                ? frame
                : null;
    }

    // Waits for the end of the program and of its log.
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

    // The limit kills the program, which ends every wait for it: a read of a pipe cannot be relied on to be cancelled.
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
            // It has ended already.
        }
    }
}
