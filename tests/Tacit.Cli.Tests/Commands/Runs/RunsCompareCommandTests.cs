using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;

namespace Tacit.Cli.Tests.Commands.Runs;

public sealed class RunsCompareCommandTests : IDisposable
{
    private readonly TinyRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task It_shows_differences_last_values_and_curves()
    {
        _runs.Finish("first", agreement: 98.4375, rate: 0.1);
        _runs.Finish("second", agreement: 90.625, rate: 0.02);
        _runs.Begin("third", seed: 2, rate: 0.02).Dispose();

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "compare", _runs["first"], _runs["second"], _runs["third"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Expectation.Matches("runs-compare", run.Output.Replace(_runs.Root, "FOLDER", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_what_differs_and_the_last_values()
    {
        _runs.Begin("first", seed: 1).Dispose();
        _runs.Begin("second", seed: 2).Dispose();

        var json = (await CommandRun.OfAsync("runs", "compare", _runs["first"], _runs["second"], "--json")).Json;

        var difference = Assert.Single(json.GetProperty("differences").EnumerateArray());
        Assert.Equal("seed", difference.GetProperty("name").GetString());
        Assert.Equal(["1", "2"], difference.GetProperty("values").EnumerateArray().Select(value => value.GetString()));
        var loss = json.GetProperty("metrics")
            .EnumerateArray()
            .Single(metric => metric.GetProperty("stage").GetString() == "synthesis" && metric.GetProperty("metric").GetString() == "loss");
        Assert.Equal([1.5, 2.5], loss.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
    }

    [Fact]
    public async Task Json_has_the_results_of_those_that_are_finished()
    {
        _runs.Finish("first", agreement: 98.4375);
        _runs.Begin("second").Dispose();

        var json = (await CommandRun.OfAsync("runs", "compare", _runs["first"], _runs["second"], "--json")).Json;

        Assert.Equal("""{"name":"agreement","values":[98.4375,null]}""", json.GetProperty("results")[0].GetRawText());
    }

    [Fact]
    public async Task A_run_without_the_metric_is_shown_beside_one_that_has_it()
    {
        _runs.Begin("first").Dispose();
        _runs.Begin("second").Dispose();
        File.Delete(Path.Combine(_runs["second"], "metrics.jsonl"));

        var run = await CommandRun.OfAsync("runs", "compare", _runs["first"], _runs["second"], "--metric", "bns");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("bns of synthesis", run.Output, StringComparison.Ordinal);
        Assert.Contains("The runs have the same options and inputs.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_metric_names_those_that_there_are()
    {
        _runs.Begin("first").Dispose();

        var run = await CommandRun.OfAsync("runs", "compare", _runs["first"], _runs["first"], "--metric", "x");

        Assert.Equal((ExitCode.Usage, "tacit: there is no metric x; there are bns, gradient, loss\n"), (run.Code, run.Error));
    }
}
