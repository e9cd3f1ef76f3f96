using System.Collections.Immutable;

namespace Tacit.Learning.Runs;

/// <summary>What a <see cref="TrainingLoop"/> changes, and where it stands.</summary>
internal interface ITrainingState
{
    /// <summary>The steps that are done.</summary>
    long Done { get; }

    /// <summary>Whether the training can go on from this state; if not, the last one that was kept is the better one.</summary>
    bool IsSound => true;

    /// <summary>The state to go on from.</summary>
    /// <exception cref="TrainingFailedException">There is no sound one.</exception>
    Checkpoint Save();

    /// <summary>Takes up a state that <see cref="Save"/> gave.</summary>
    void Restore(Checkpoint checkpoint);
}

/// <summary>One stage of training: goes on from its last state, and after each step tells of it and keeps the state if it is time.</summary>
/// <param name="stage">The name of the stage.</param>
/// <param name="steps">Its steps in all.</param>
/// <param name="run">Keeps the state.</param>
/// <param name="progress">Is told of every step.</param>
/// <param name="state">What is trained.</param>
internal sealed class TrainingLoop(string stage, long steps, ICheckpoints run, IProgress<TrainingProgress>? progress, ITrainingState state)
{
    /// <summary>Trains to the last step.</summary>
    /// <param name="step">Does one step and gives its losses; or takes the state back to an earlier one, and gives null.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    public void Run(Func<ImmutableSortedDictionary<string, double>?> step, CancellationToken cancellation)
    {
        Resume();
        while (state.Done < steps)
        {
            if (step() is { } losses)
            {
                Tell(losses);
                Keep(cancellation);
            }
        }

        run.Save(state.Save());
    }

    /// <summary>Trains to the last step.</summary>
    /// <param name="step">Does one step and gives its losses; where it is cancelled, the state is as before.</param>
    /// <param name="measure">
    /// Gives what is measured after the steps that are done, nothing where nothing is due; where it is cancelled, it is asked again
    /// before a resumed run goes on. Null where nothing is ever measured.
    /// </param>
    /// <param name="cancellation">Stops after the current step, or while it waits; the state is kept.</param>
    public async Task RunAsync(
        Func<CancellationToken, ValueTask<ImmutableSortedDictionary<string, double>>> step,
        Func<CancellationToken, ValueTask<ImmutableSortedDictionary<string, double>>>? measure,
        CancellationToken cancellation
    )
    {
        Resume();
        if (measure is not null)
        {
            await AdvanceAsync([measure], cancellation).ConfigureAwait(false);
        }

        while (state.Done < steps)
        {
            await AdvanceAsync(measure is null ? [step] : [step, measure], cancellation).ConfigureAwait(false);
        }

        run.Save(state.Save());
    }

    private void Resume()
    {
        if (run.Latest(stage) is { } checkpoint)
        {
            state.Restore(checkpoint);
        }
    }

    private async Task AdvanceAsync(
        Func<CancellationToken, ValueTask<ImmutableSortedDictionary<string, double>>>[] parts,
        CancellationToken cancellation
    )
    {
        var figures = Losses.Of();
        try
        {
            foreach (var part in parts)
            {
                figures = figures.SetItems(await part(cancellation).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What is done is told and kept.
        }

        if (!figures.IsEmpty)
        {
            Tell(figures);
        }

        if (!figures.IsEmpty || cancellation.IsCancellationRequested)
        {
            Keep(cancellation);
        }
    }

    private void Tell(ImmutableSortedDictionary<string, double> figures) =>
        progress?.Report(new TrainingProgress(stage, state.Done, steps, figures));

    private void Keep(CancellationToken cancellation)
    {
        if (state.IsSound)
        {
            run.SaveIfDue(state.Done, state.Save, cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
    }
}
