using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>A run that tacit runs show describes: its options, its last values and its curves.</summary>
internal sealed record ShownRun(string Path, RunSnapshot Run, ImmutableArray<MetricCurve> Curves, ImmutableArray<MetricCurve> Drawn)
{
    /// <summary>Looks at a run.</summary>
    /// <exception cref="Hosting.UsageException">It has no such metric.</exception>
    public static ShownRun Of(string path, RunSnapshot run, string? metric)
    {
        var curves = MetricCurve.Of(run.Metrics);
        return new ShownRun(path, run, curves, ChosenCurves.Of(curves, metric));
    }

    /// <summary>Creates the report: facts, values and charts.</summary>
    /// <param name="time">The clock, for the time since the last step.</param>
    public Report Report(TimeProvider time) =>
        Curves.IsEmpty
            ? new(Data(), Facts(time))
            : new(
                Data(),
                [
                    Facts(time),
                    Table(),
                    .. Drawn.Select(curve => new Chart($"{curve.Metric} of {curve.Stage}", [new(curve.Metric, curve.Points)])),
                ]
            );

    private object Data() =>
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

    private FactList Facts(TimeProvider time)
    {
        var description = Run.Description;
        return new FactList()
            .Add("run", Path)
            .Add("command", description.Command)
            .Add("state", State(time))
            .Add(RunFigures.Of(Run.Result).Select(figure => new Fact(figure.Name, figure.Text)))
            .Add("started", RunList.Moment(Run.Started, time))
            .Add("seed", $"{description.Seed}")
            .Add("threads", $"{description.ThreadCount}")
            .Add("versions", string.Join(", ", description.Libraries.Select(library => $"{library.Key} {library.Value}")))
            .Add(
                description.Inputs.Select(input => new Fact(
                    input.Name,
                    $"{input.Path} (sha256 {input.Sha256[..Math.Min(12, input.Sha256.Length)]}…)"
                ))
            )
            .Add(Options(description.Options));
    }

    private string State(TimeProvider time) =>
        Run.State.ToString().ToLowerInvariant()
        + (
            Run.Metrics.LastOrDefault() is { } last
                ? $", at step {Format.Count(last.Step)} of {last.Stage} {RunList.Ago(last.Time, time)}"
                : ""
        );

    // Names as `run.json` has them; what only says of which type the options are is left out.
    private static IEnumerable<Fact> Options(JsonObject options) =>
        OptionsJson
            .Flatten(options)
            .Where(option => option.Value is not null)
            .Select(option => new Fact(
                $"  {option.Name}",
                option.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : option.Value!.ToJsonString()
            ));

    private ReportTable Table() =>
        new(
            ["stage", "metric", .. Column.Numbers("step", "first", "last", "least", "greatest")],
            Curves.Select(curve =>
                new[]
                {
                    curve.Stage,
                    curve.Metric,
                    Format.Count((long)curve.Points[^1].Step),
                    Format.Number(curve.Points[0].Value),
                    Format.Number(curve.Last),
                    Format.Number(curve.Least),
                    Format.Number(curve.Greatest),
                }
            )
        );
}
