using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>One run: what it is, its last values and its curves.</summary>
internal sealed record RunReport(string Path, RunSnapshot Run, ImmutableArray<RunCurve> Curves, ImmutableArray<RunCurve> Drawn)
{
    private const int ChartWidth = 100;

    /// <summary>Looks at a run.</summary>
    /// <exception cref="Hosting.UsageException">It has no such metric.</exception>
    public static RunReport Of(string path, RunSnapshot run, string? metric)
    {
        var curves = RunCurves.Of(run);
        return new RunReport(path, run, curves, RunCurves.Choose(curves, metric));
    }

    /// <summary>The object of --json.</summary>
    public object ToJson() =>
        new
        {
            path = Path,
            command = Run.Description.Command,
            state = Run.State.ToString().ToLowerInvariant(),
            seed = Run.Description.Seed,
            threads = Run.Description.ThreadCount,
            started = Run.Started,
            updated = Run.Metrics.LastOrDefault()?.Time,
            libraries = Run.Description.Libraries,
            inputs = Run.Description.Inputs.Select(input => new
            {
                input.Name,
                input.Path,
                input.Sha256,
            }),
            options = Run.Description.Options,
            result = Run.Result,
            metrics = Curves.Select(curve => new
            {
                curve.Stage,
                curve.Metric,
                step = (long)curve.Points[^1].Step,
                first = curve.Points[0].Value,
                curve.Last,
                curve.Least,
                curve.Greatest,
            }),
        };

    /// <summary>Writes facts, values and charts.</summary>
    public void Write(IAnsiConsole console, TimeProvider time)
    {
        var description = Run.Description;
        var facts = new FactList().Add("run", Path).Add("command", description.Command).Add("state", State(time));
        foreach (var figure in RunFigures.Of(Run.Result))
        {
            facts.Add(figure.Name, figure.Text);
        }

        facts
            .Add("started", RunList.Moment(Run.Started, time))
            .Add("seed", $"{description.Seed}")
            .Add("threads", $"{description.ThreadCount}")
            .Add("versions", string.Join(", ", description.Libraries.Select(library => $"{library.Key} {library.Value}")));
        foreach (var input in description.Inputs)
        {
            facts.Add(input.Name, $"{input.Path} (sha256 {input.Sha256[..Math.Min(12, input.Sha256.Length)]}…)");
        }

        foreach (var (name, value) in Options(description.Options))
        {
            facts.Add(name, value);
        }

        facts.Write(console);
        if (Curves.IsEmpty)
        {
            return;
        }

        console.Write(Table());
        foreach (var curve in Drawn)
        {
            console.WriteLine($"{curve.Metric} of {curve.Stage}");
            foreach (var line in new TextChart([new(curve.Metric, curve.Points)], Math.Min(ChartWidth, console.Profile.Width)).Lines())
            {
                console.WriteLine(line);
            }

            console.WriteLine();
        }
    }

    private string State(TimeProvider time) =>
        Run.State.ToString().ToLowerInvariant()
        + (
            Run.Metrics.LastOrDefault() is { } last
                ? $", at step {Format.Count(last.Step)} of {last.Stage} {RunList.Ago(last.Time, time)}"
                : ""
        );

    // Names as `run.json` has them; what only says of which type the options are is left out.
    private static IEnumerable<(string Name, string Value)> Options(JsonObject options) =>
        OptionsJson
            .Flatten(options)
            .Where(option => option.Value is not null)
            .Select(option =>
                (
                    $"  {option.Name}",
                    option.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : option.Value!.ToJsonString()
                )
            );

    private Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("stage", "metric");
        foreach (var name in new[] { "step", "first", "last", "least", "greatest" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var curve in Curves)
        {
            table.AddRow(
                new Text(curve.Stage),
                new Text(curve.Metric),
                new Text(Format.Count((long)curve.Points[^1].Step)),
                new Text(Format.Number(curve.Points[0].Value)),
                new Text(Format.Number(curve.Last)),
                new Text(Format.Number(curve.Least)),
                new Text(Format.Number(curve.Greatest))
            );
        }

        return table;
    }
}
