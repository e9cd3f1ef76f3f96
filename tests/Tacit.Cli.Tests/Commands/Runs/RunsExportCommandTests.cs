using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Tests.Commands.Runs;

public sealed class RunsExportCommandTests : IDisposable
{
    private readonly TinyRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task An_event_file_holds_every_value_with_its_step_and_time()
    {
        _runs.Begin("run").Dispose();

        var run = await CommandRun.OfAsync("runs", "export", _runs["run"], "--tensorboard", _runs["board"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        var file = Assert.Single(Directory.GetFiles(_runs["board"]));
        var start = _runs.Now.GetUtcNow().AddHours(-3).ToUnixTimeSeconds();
        Assert.Equal($"events.out.tfevents.{start}.tacit", Path.GetFileName(file));
        var events = EventFile.Read(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(new ParsedEvent(start, 0, "brain.Event:2", null, 0), events[0]);
        var expected = RunSnapshot
            .Read(_runs["run"])
            .Metrics.SelectMany(entry =>
                entry.Values.Select(value => new ParsedEvent(
                    entry.Time.ToUnixTimeMilliseconds() / 1000.0,
                    entry.Step,
                    null,
                    $"{entry.Stage}/{value.Key}",
                    (float)value.Value
                ))
            );
        Assert.Equal(expected, events.Skip(1));
    }

    [Fact]
    public async Task A_table_has_a_line_for_each_step()
    {
        _runs.Begin("run").Dispose();

        var run = await CommandRun.OfAsync("runs", "export", _runs["run"], "--csv", _runs["curves.csv"], "--json");

        Assert.Equal((ExitCode.Success, 140), (run.Code, run.Json.GetProperty("steps").GetInt32()));
        var lines = await File.ReadAllLinesAsync(_runs["curves.csv"], TestContext.Current.CancellationToken);
        Assert.Equal(141, lines.Length);
        Assert.Equal("stage,step,time,bns,gradient,loss", lines[0]);
        Assert.Equal("synthesis,2,2026-03-14T09:01:00.0000000+00:00,10,,11", lines[2]);
        Assert.StartsWith("fine-tuning,50,2026-03-14T10:10:00.0000000+00:00,,NaN,", lines[90], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_with_commas_and_quotes_are_quoted()
    {
        using (var begun = _runs.Begin("run"))
        {
            begun.Metrics.Append("a, \"b\"", 1, [new("x,y", 1)]);
        }

        await CommandRun.OfAsync("runs", "export", _runs["run"], "--csv", _runs["curves.csv"]);

        var lines = await File.ReadAllLinesAsync(_runs["curves.csv"], TestContext.Current.CancellationToken);
        Assert.EndsWith("loss,\"x,y\"", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("\"a, \"\"b\"\"\",1,", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_overwritten_unasked()
    {
        _runs.Begin("run").Dispose();
        string[] command = ["runs", "export", _runs["run"], "--csv", _runs["c.csv"]];
        await CommandRun.OfAsync(command);

        var again = await CommandRun.OfAsync(command);
        var forced = await CommandRun.OfAsync([.. command, "--force"]);

        Assert.Equal((ExitCode.Usage, ExitCode.Success), (again.Code, forced.Code));
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_no_folder()
    {
        _runs.Begin("run").Dispose();
        var file = Path.Combine(_runs["run"], "run.json");

        var run = await CommandRun.OfAsync("runs", "export", _runs["run"], "--tensorboard", file);

        Assert.Equal((ExitCode.Usage, $"tacit: {file} is a file; choose a folder\n"), (run.Code, run.Error));
    }
}
