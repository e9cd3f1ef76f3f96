using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;

namespace Tacit.Cli.Tests.Commands.Runs;

public sealed class RunsListCommandTests : IDisposable
{
    private readonly TinyRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task It_lists_runs_at_any_depth_with_their_state()
    {
        _runs.Finish("done", agreement: 98.4375, hoursAgo: 60);
        _runs.Begin(Path.Combine("deep", "er", "stopped"), seed: 2, hoursAgo: 5).Dispose();
        using var running = _runs.Begin("running", seed: 3, hoursAgo: 2);

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "list", _runs.Root);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Expectation.Matches("runs-list", run.Output);
    }

    [Fact]
    public async Task Json_has_the_same()
    {
        using var running = _runs.Begin("running", seed: 3);

        var json = (await CommandRun.OfAsync(_runs.Now, "runs", "list", _runs.Root, "--json")).Json.GetProperty("runs")[0];

        Assert.Equal(
            ("running", "quantize", "running", "fine-tuning", 100, 3),
            (
                json.GetProperty("path").GetString(),
                json.GetProperty("command").GetString(),
                json.GetProperty("state").GetString(),
                json.GetProperty("stage").GetString(),
                json.GetProperty("step").GetInt32(),
                json.GetProperty("seed").GetInt32()
            )
        );
        Assert.Equal(_runs.Now.GetUtcNow().AddHours(-3), json.GetProperty("started").GetDateTimeOffset());
    }

    [Fact]
    public async Task Json_has_the_results()
    {
        _runs.Finish("done", agreement: 98.4375);

        var json = (await CommandRun.OfAsync("runs", "list", _runs.Root, "--json")).Json.GetProperty("runs")[0].GetProperty("results");

        Assert.Equal("""{"agreement":98.4375,"snr_db":21.5,"bytes":20000,"seconds":75}""", json.GetRawText());
    }

    [Fact]
    public async Task A_damaged_run_does_not_hide_the_others()
    {
        _runs.Begin("good").Dispose();
        _runs.Begin("bad").Dispose();
        await File.WriteAllTextAsync(Path.Combine(_runs["bad"], "run.json"), "{", TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "list", _runs.Root);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Matches(@"good +quantize +stopped", run.Output);
        Assert.Contains("run.json is not valid JSON", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_runs_says_so()
    {
        var run = await CommandRun.OfAsync("runs", "list", _runs.Root);

        Assert.Equal((ExitCode.Success, $"There is no run in {_runs.Root}.\n"), (run.Code, run.Output));
    }

    [Fact]
    public async Task A_missing_folder_is_named()
    {
        var run = await CommandRun.OfAsync("runs", "list", "/nowhere");

        Assert.Equal((ExitCode.BadInput, "tacit: there is no folder /nowhere\n"), (run.Code, run.Error));
    }
}
