using System.Collections.Immutable;
using System.Globalization;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Quantization.Hast;

namespace Tacit.Learning.Tests.Runs;

public sealed class TrainingLoopTests
{
    private const string Stage = "counting";

    private readonly MemoryCheckpoints _checkpoints = new();
    private readonly Counter _counter = new();
    private readonly List<string> _told = [];

    [Fact]
    public void Every_step_is_told_and_the_last_state_kept()
    {
        Loop(steps: 3).Run(_counter.Step, CancellationToken.None);

        Assert.Equal(["1 of 3: step 0", "2 of 3: step 1", "3 of 3: step 2"], _told);
        Assert.Equal(3, _checkpoints.Latest(Stage)!.Step);
    }

    [Fact]
    public void A_state_that_was_kept_is_gone_on_from()
    {
        _checkpoints.Save(new Checkpoint(Stage, 2));

        Loop(steps: 3).Run(_counter.Step, CancellationToken.None);

        Assert.Equal(["3 of 3: step 2"], _told);
    }

    [Fact]
    public void A_step_back_is_not_told_and_done_again()
    {
        var wentBack = false;

        Loop(steps: 3).Run(BackOnce, CancellationToken.None);

        Assert.Equal(["1 of 3: step 0", "2 of 3: step 1", "1 of 3: step 0", "2 of 3: step 1", "3 of 3: step 2"], _told);

        ImmutableSortedDictionary<string, double>? BackOnce()
        {
            if (_counter.Done < 2 || wentBack)
            {
                return _counter.Step();
            }

            wentBack = true;
            _counter.Restore(new Checkpoint(Stage, 0));
            return null;
        }
    }

    [Fact]
    public async Task Cancelling_while_a_step_waits_keeps_the_steps_before()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loop(steps: 5).RunAsync(StopsAtTwo, measure: null, stop.Token));

        Assert.Equal(["1 of 5: step 0", "2 of 5: step 1"], _told);
        Assert.Equal(2, _checkpoints.Latest(Stage)!.Step);

        async ValueTask<ImmutableSortedDictionary<string, double>> StopsAtTwo(CancellationToken cancellation)
        {
            if (_counter.Done == 2)
            {
                await stop.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            }

            return _counter.Step();
        }
    }

    [Fact]
    public async Task A_measurement_that_was_cancelled_is_made_when_the_run_goes_on()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Loop(steps: 3).RunAsync(_ => new(_counter.Step()), MeasuresAtTwo, stop.Token)
        );
        Assert.Equal(["1 of 3: step 0", "2 of 3: step 1"], _told);

        await Loop(steps: 3).RunAsync(_ => new(_counter.Step()), MeasuresAtTwo, CancellationToken.None);

        Assert.Equal(["2 of 3: measured 2", "3 of 3: step 2"], _told[2..]);

        async ValueTask<ImmutableSortedDictionary<string, double>> MeasuresAtTwo(CancellationToken cancellation)
        {
            if (_counter.Done != 2)
            {
                return Losses.Of();
            }

            if (!stop.IsCancellationRequested)
            {
                await stop.CancelAsync();
            }

            cancellation.ThrowIfCancellationRequested();
            return Losses.Of(("measured", 2));
        }
    }

    [Fact]
    public void A_state_that_is_not_sound_is_not_kept()
    {
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => Loop(steps: 3).Run(UnsoundAtTwo, stop.Token));

        Assert.Null(_checkpoints.Latest(Stage));

        ImmutableSortedDictionary<string, double> UnsoundAtTwo()
        {
            if (_counter.Done == 1)
            {
                _counter.IsSound = false;
                stop.Cancel();
            }

            return _counter.Step();
        }
    }

    private TrainingLoop Loop(long steps) =>
        new(
            Stage,
            steps,
            _checkpoints,
            new Progress(step =>
                _told.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{step.Step} of {step.Steps}: {string.Join(", ", step.Losses.Select(loss => $"{loss.Key} {loss.Value}"))}"
                    )
                )
            ),
            _counter
        );

    private sealed class Counter : ITrainingState
    {
        public long Done { get; private set; }

        public bool IsSound { get; set; } = true;

        public ImmutableSortedDictionary<string, double> Step() => Losses.Of(("step", Done++));

        public Checkpoint Save() => new(Stage, Done);

        public void Restore(Checkpoint checkpoint) => Done = checkpoint.Step;
    }
}
