using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Cli.Tests.Commands.Runs;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Tests.Hosting;

public sealed class RunHostTests : IDisposable
{
    private const string Stage = "counting";

    private readonly TemporaryFolder _folder = new();
    private readonly FixedTime _time = new(new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero));

    private string Run => _folder["run"];

    private RunSettings Settings => new(Force: false, new RunFolderOptions { CheckpointInterval = TimeSpan.Zero }, _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_whose_first_files_cannot_be_written_is_closed()
    {
        Assert.Throws<DirectoryNotFoundException>(() => Begin(run => File.WriteAllText(run["missing/list"], "")));

        Assert.False(RunFolder.IsOpen(Run));
    }

    [Fact]
    public async Task Time_goes_on_where_a_stopped_process_left_it()
    {
        using var stop = new CancellationTokenSource();
        using (var run = Begin())
        {
            await Assert.ThrowsAsync<StoppedException>(() => CountAsync(run, from: 1, stop, stopAt: 3));
        }

        _time.Advance(TimeSpan.FromHours(5));
        using var resumed = RunHost<CountRequest>.Open(Kind, Run, Settings);
        var report = await CountAsync(resumed, from: 4);

        Assert.Contains(report.Blocks.OfType<FactList>().Single().Facts, fact => fact is { Name: "time", Value: "10 s" });
    }

    [Fact]
    public async Task Curves_are_cut_back_to_the_newest_checkpoint()
    {
        using (var run = Begin())
        {
            await Assert.ThrowsAsync<RunFailedException>(() => CountAsync(run, from: 1, failAt: 4));
        }

        using var resumed = RunHost<CountRequest>.Open(Kind, Run, Settings);
        await CountAsync(resumed, from: 4);

        Assert.Equal(Enumerable.Range(1, 10), resumed.Metrics.Select(entry => (int)entry.Step));
    }

    [Fact]
    public async Task A_failure_names_the_last_good_checkpoint()
    {
        using var run = Begin();

        var failure = await Assert.ThrowsAsync<RunFailedException>(() => CountAsync(run, from: 1, failAt: 4));

        Assert.Matches($"^lost count; the last good checkpoint is of step 3 of {Stage}: .*000003-{Stage}.safetensors$", failure.Message);
    }

    [Fact]
    public async Task A_failure_before_the_first_checkpoint_stays_as_it_is()
    {
        using var run = Begin();

        await Assert.ThrowsAsync<TrainingFailedException>(() => CountAsync(run, from: 1, failAt: 1));
    }

    [Fact]
    public async Task The_result_is_what_json_writes_and_comes_with_the_output()
    {
        using var run = Begin();
        var report = await CountAsync(run, from: 1);
        var before = run.Result;
        File.WriteAllText(run.Output, "");

        Assert.Null(before);
        Assert.Equal(JsonWriter.Text(report.Data), JsonWriter.Text(run.Result));
    }

    [Fact]
    public void A_run_of_another_command_is_refused()
    {
        Begin().Dispose();

        var refusal = Assert.Throws<InvalidFileException>(() => RunHost<CountRequest>.Open(Kind with { Command = "add" }, Run, Settings));

        Assert.Equal($"{Run} is a run of tacit count, not of tacit add", refusal.Message);
        Assert.False(RunFolder.IsOpen(Run));
    }

    private static RunKind<CountRequest> Kind { get; } =
        new()
        {
            Command = "count",
            Version = 1,
            FolderOption = "-o",
            Files = ["count.txt"],
            Output = (_, folder) => Path.Combine(folder, "count.txt"),
        };

    private RunHost<CountRequest> Begin(Action<RunHost<CountRequest>>? write = null) =>
        RunHost<CountRequest>.Begin(Kind, new CountRequest(), [], Run, Settings, write ?? (_ => { }));

    // Counts to 10, one second per number, and saves each number in a checkpoint.
    private Task<Report> CountAsync(
        RunHost<CountRequest> run,
        int from,
        CancellationTokenSource? stop = null,
        int stopAt = 0,
        int failAt = 0
    )
    {
        var cancellation = stop?.Token ?? TestContext.Current.CancellationToken;
        return run.RunAsync(
            async (checkpoints, steps) =>
            {
                for (var count = from; count <= 10; count++)
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    steps.Report(new TrainingProgress(Stage, count, 10, ImmutableSortedDictionary<string, double>.Empty));
                    if (count == failAt)
                    {
                        throw new TrainingFailedException("lost count");
                    }

                    if (count == stopAt)
                    {
                        await stop!.CancelAsync();
                    }

                    checkpoints.SaveIfDue(count, () => new Checkpoint(Stage, count), cancellation);
                }

                return new Report(new { run = run.Folder, count = 10 }, new FactList().Add("count", "10"));
            },
            _ => [],
            new Relay<StageProgress>(_ => { }),
            cancellation
        );
    }

    private sealed record CountRequest : RunRequest
    {
        public override ulong Seed() => 0;
    }
}
