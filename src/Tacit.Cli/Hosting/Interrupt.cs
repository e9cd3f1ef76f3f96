using System.Runtime.InteropServices;

namespace Tacit.Cli.Hosting;

/// <summary>Turns the first Ctrl-C or SIGTERM into a cancellation. The second one ends the process at once.</summary>
/// <remarks>A run needs time to write its last checkpoint, so the first signal has no time limit.</remarks>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _error;

    /// <summary>Starts handling signals.</summary>
    /// <param name="error">Receives a message at the first signal.</param>
    public Interrupt(TextWriter error)
    {
        _error = error;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    /// <summary>The token that the first signal cancels.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops handling signals.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        context.Cancel = true;
        _error.WriteLine("tacit: stopping; press Ctrl-C again to stop at once");
        _source.Cancel();
    }
}
