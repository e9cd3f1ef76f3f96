using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>
/// Keeps states in memory and interrupts the work once after a number of steps, without saving that step, as if the process were killed.
/// </summary>
internal sealed class InterruptedCheckpoints(long killAfter, long keepEvery) : ICheckpoints
{
    private readonly Dictionary<string, Checkpoint> _latest = [];
    private long _seen;

    public bool WasKilled { get; private set; }

    public Checkpoint? Latest(string stage) => _latest.GetValueOrDefault(stage);

    public void Save(Checkpoint checkpoint) => _latest[checkpoint.Stage] = checkpoint;

    public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation)
    {
        _seen++;
        if (step % keepEvery == 0)
        {
            Save(capture());
        }

        if (!WasKilled && _seen >= killAfter)
        {
            WasKilled = true;
            throw new OperationCanceledException();
        }
    }
}
