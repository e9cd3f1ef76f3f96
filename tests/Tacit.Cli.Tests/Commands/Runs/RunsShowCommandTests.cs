using CsCheck;
using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;

namespace Tacit.Cli.Tests.Commands.Runs;

public sealed class RunsShowCommandTests : IDisposable
{
    private readonly TinyRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task It_shows_options_values_and_curves()
    {
        using var running = _runs.Begin("run");

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "show", _runs["run"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Expectation.Matches("runs-show", run.Output.Replace(_runs.Root, "FOLDER", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_finished_run_has_its_result()
    {
        _runs.Finish("run", agreement: 98.4375);

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "show", _runs["run"]);
        var json = (await CommandRun.OfAsync("runs", "show", _runs["run"], "--json")).Json;

        Assert.Contains(
            "agreement       98.44 %\noutput SNR      21.5 dB\nsize            19.5 KiB\ntime            1 min 15 s\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(98.4375, json.GetProperty("result").GetProperty("agreement").GetDouble());
    }

    [Fact]
    public async Task It_draws_another_metric_alone()
    {
        _runs.Begin("run").Dispose();

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "show", _runs["run"], "--metric", "bns");

        Assert.Contains("\nbns of synthesis\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("loss of", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_metric_names_those_that_there_are()
    {
        _runs.Begin("run").Dispose();

        var run = await CommandRun.OfAsync("runs", "show", _runs["run"], "--metric", "accuracy");

        Assert.Equal((ExitCode.Usage, "tacit: there is no metric accuracy; there are bns, gradient, loss\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task Json_has_options_and_values()
    {
        _runs.Begin("run", rate: 0.25).Dispose();

        var json = (await CommandRun.OfAsync("runs", "show", _runs["run"], "--json")).Json;

        Assert.Equal(0.25, json.GetProperty("options").GetProperty("learningRate").GetDouble());
        var loss = json.GetProperty("metrics")
            .EnumerateArray()
            .Single(metric => metric.GetProperty("stage").GetString() == "synthesis" && metric.GetProperty("metric").GetString() == "loss");
        Assert.Equal(
            (40, 21, 1.5),
            (loss.GetProperty("step").GetInt32(), loss.GetProperty("first").GetDouble(), loss.GetProperty("last").GetDouble())
        );
    }

    [Fact]
    public async Task Json_keeps_the_digits_of_small_numbers()
    {
        using (var begun = _runs.Begin("run"))
        {
            begun.Metrics.Append("last", 1, [new("rate", 1.234567e-7)]);
        }

        var json = (await CommandRun.OfAsync("runs", "show", _runs["run"], "--json")).Json;

        Assert.Equal(1.23457e-7, json.GetProperty("metrics").EnumerateArray().Last().GetProperty("last").GetDouble());
    }

    [Fact]
    public async Task A_line_that_is_being_written_is_left_out()
    {
        _runs.Begin("run").Dispose();
        await File.AppendAllTextAsync(
            Path.Combine(_runs["run"], "metrics.jsonl"),
            "{\"stage\":\"fine-tu",
            TestContext.Current.CancellationToken
        );

        var run = await CommandRun.OfAsync(_runs.Now, "runs", "show", _runs["run"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("stopped, at step 100 of fine-tuning 1 h 00 min ago", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_no_run_gets_one_line()
    {
        var run = await CommandRun.OfAsync("runs", "show", _runs.Root);

        Assert.Equal((ExitCode.BadInput, $"tacit: {_runs.Root} holds no run: there is no run.json\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_run_without_metrics_is_shown()
    {
        _runs.Begin("run").Dispose();
        File.Delete(Path.Combine(_runs["run"], "metrics.jsonl"));

        var run = await CommandRun.OfAsync("runs", "show", _runs["run"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
    }

    // Any damage to the metrics results in a report, or in one error line and exit code 3.
    [Fact]
    public void Damaged_metrics_give_a_result_or_one_line()
    {
        _runs.Begin("run").Dispose();
        var path = Path.Combine(_runs["run"], "metrics.jsonl");
        var whole = File.ReadAllBytes(path);

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 200], Gen.Byte.Array[0, 10])
            .Sample(
                (start, removed, put) =>
                {
                    File.WriteAllBytes(path, [.. whole[..start], .. put, .. whole[Math.Min(whole.Length, start + removed)..]]);
                    var run = CommandRun.OfAsync(_runs.Now, "runs", "show", _runs["run"]).GetAwaiter().GetResult();
                    Assert.True(
                        run is { Code: ExitCode.Success, Error: "" }
                            || (run.Code == ExitCode.BadInput && run.Output == "" && run.Error.Count(c => c == '\n') == 1),
                        $"{run.Code}: {run.Error}"
                    );
                },
                iter: 100,
                threads: 1
            );
    }
}
