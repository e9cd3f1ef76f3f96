using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>The content of <c>tacit runs show</c>: the options, last values and curves of a run.</summary>
/// <remarks>
/// JSON fields: <c>state</c> is "running", "stopped" or "done"; <c>started</c> and <c>updated</c> are times in ISO 8601; <c>libraries</c>
/// maps names to versions; <c>inputs</c> lists name, path and SHA-256 hash of each input file; <c>options</c> and <c>result</c> are the
/// objects in <c>run.json</c> and <c>result.json</c>, the latter null for an unfinished run; <c>metrics</c> lists for each curve its last
/// step and its first, last, least and greatest value.
/// </remarks>
/// <param name="Path">The path of the run folder, as given.</param>
/// <param name="Run">The run.</param>
/// <param name="Curves">All curves.</param>
/// <param name="Drawn">The curves that are drawn as charts.</param>
internal sealed record ShownRun(string Path, RunSnapshot Run, ImmutableArray<MetricCurve> Curves, ImmutableArray<MetricCurve> Drawn)
{
    /// <summary>Selects the curves of a run.</summary>
    /// <param name="path">The path of the run folder, as it is shown.</param>
    /// <param name="run">The run.</param>
    /// <param name="metric">The metric to draw; null for the loss of each stage.</param>
    /// <exception cref="Hosting.UsageException">The run does not have the metric.</exception>
    public static ShownRun Of(string path, RunSnapshot run, string? metric)
    {
        var curves = MetricCurve.Of(run.Metrics);
        return new ShownRun(path, run, curves, ChosenCurves.Of(curves, metric));
    }

    /// <summary>Creates the report: facts with options and results, a table of the metrics, and charts.</summary>
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

    /// <summary>Describes the state and the last step, for example "running, at step 1,200 of pretraining 3 s ago".</summary>
    private string State(TimeProvider time) =>
        Run.State.ToString().ToLowerInvariant()
        + (
            Run.Metrics.LastOrDefault() is { } last
                ? $", at step {Format.Count(last.Step)} of {last.Stage} {RunList.Ago(last.Time, time)}"
                : ""
        );

    /// <summary>
    /// Lists the options with their names in <c>run.json</c>. Entries that only state the type of the options are omitted.
    /// </summary>
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
