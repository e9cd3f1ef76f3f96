using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>An option or input that is not the same in all runs.</summary>
/// <param name="Name">The name in <c>run.json</c>, with dots between levels, for example "options.optimizer.learningRate".</param>
/// <param name="Values">The value in each run; null if a run does not have it.</param>
internal sealed record DifferingOption(string Name, ImmutableArray<string?> Values);

/// <summary>The last value of a metric in each run.</summary>
/// <param name="Stage">The stage of the metric.</param>
/// <param name="Metric">The name of the metric.</param>
/// <param name="Values">The last value in each run; null if a run does not have the metric.</param>
internal sealed record LastValues(string Stage, string Metric, ImmutableArray<double?> Values);

/// <summary>A figure of the results, such as the agreement, in each run.</summary>
/// <param name="Key">The name in the JSON object.</param>
/// <param name="Name">The name in the report.</param>
/// <param name="Values">The figure of each run; null if a run is not finished or does not have it.</param>
internal sealed record ComparedFigure(string Key, string Name, ImmutableArray<RunFigure?> Values);

/// <summary>A comparison of runs: their different options, their results, and their last values and curves.</summary>
/// <remarks>
/// JSON fields: <c>runs</c> lists path and state ("running", "stopped" or "done"); <c>differences</c>, <c>results</c> and <c>metrics</c>
/// have one object for each name, with the <c>values</c> in the order of the runs and null for missing ones.
/// </remarks>
internal sealed record RunComparison
{
    /// <summary>The paths of the run folders, as given.</summary>
    public required ImmutableArray<string> Paths { get; init; }

    /// <summary>The runs, in the same order.</summary>
    public required ImmutableArray<RunSnapshot> Runs { get; init; }

    /// <summary>The options and inputs that differ, sorted by name; empty if the runs have the same ones.</summary>
    public required ImmutableArray<DifferingOption> Differences { get; init; }

    /// <summary>The figures of the results that at least one run has.</summary>
    public required ImmutableArray<ComparedFigure> Results { get; init; }

    /// <summary>The last value of each metric that at least one run has.</summary>
    public required ImmutableArray<LastValues> Last { get; init; }

    /// <summary>The charts, one for each selected metric, with a curve for each run. A run without the metric has an empty curve.</summary>
    public required ImmutableArray<(string Title, ImmutableArray<Curve> Curves)> Charts { get; init; }

    /// <summary>Compares runs.</summary>
    /// <param name="paths">The paths of the run folders, as they are shown.</param>
    /// <param name="runs">The runs, in the same order.</param>
    /// <param name="metric">The metric to draw; null for the loss of each stage.</param>
    /// <exception cref="UsageException">None of the runs has the metric.</exception>
    public static RunComparison Of(IReadOnlyList<string> paths, IReadOnlyList<RunSnapshot> runs, string? metric)
    {
        var curves = runs.Select(run => MetricCurve.Of(run.Metrics).ToDictionary(curve => (curve.Stage, curve.Metric))).ToList();
        var all = curves.SelectMany(run => run.Values).ToList();
        var figures = runs.Select(run => RunFigures.Of(run.Result)).ToList();
        return new RunComparison
        {
            Paths = [.. paths],
            Runs = [.. runs],
            Differences = Differ([.. runs.Select(run => run.Description)]),
            Results =
            [
                .. figures
                    .SelectMany(run => run)
                    .DistinctBy(figure => figure.Key)
                    .Select(first => new ComparedFigure(
                        first.Key,
                        first.Name,
                        [.. figures.Select(run => run.FirstOrDefault(figure => figure.Key == first.Key))]
                    )),
            ],
            Last =
            [
                .. all.Select(curve => (curve.Stage, curve.Metric))
                    .Distinct()
                    .Select(key => new LastValues(key.Stage, key.Metric, [.. curves.Select(run => run.GetValueOrDefault(key)?.Last)])),
            ],
            Charts =
            [
                .. ChosenCurves
                    .Of(all, metric)
                    .Select(curve => (curve.Stage, curve.Metric))
                    .Distinct()
                    .Select(key =>
                        (
                            $"{key.Metric} of {key.Stage}",
                            curves.Select((run, i) => new Curve(paths[i], run.GetValueOrDefault(key)?.Points ?? [])).ToImmutableArray()
                        )
                    ),
            ],
        };
    }

    /// <summary>Returns the JSON object. Values are in the order of the runs.</summary>
    private object Data() =>
        new
        {
            runs = Paths.Zip(Runs, (path, run) => new { path, state = run.State.ToString().ToLowerInvariant() }),
            differences = Differences.Select(option => new { option.Name, option.Values }),
            results = Results.Select(figure => new { name = figure.Key, values = figure.Values.Select(value => value?.Value) }),
            metrics = Last.Select(last => new
            {
                last.Stage,
                last.Metric,
                last.Values,
            }),
        };

    /// <summary>Creates the report: the runs, their differences, results and last values, and the charts.</summary>
    public Report Report() => new(Data(), [.. Blocks()]);

    private IEnumerable<ReportBlock> Blocks()
    {
        yield return new FactList([
            .. Paths.Select((path, run) => new Fact($"{TextChart.Mark(run)}", $"{path} ({Runs[run].State.ToString().ToLowerInvariant()})")),
        ]);
        yield return Differences.IsEmpty
            ? new Note("The runs have the same options and inputs.")
            : Table(["differs"], false, Differences.Select(option => (new[] { option.Name }, option.Values.Select(value => value ?? "–"))));
        if (!Results.IsEmpty)
        {
            yield return Table(
                ["result"],
                true,
                Results.Select(figure => (new[] { figure.Name }, figure.Values.Select(value => value?.Text ?? "–")))
            );
        }

        if (!Last.IsEmpty)
        {
            yield return Table(
                ["stage", "last"],
                true,
                Last.Select(last =>
                    (new[] { last.Stage, last.Metric }, last.Values.Select(value => value is { } number ? Format.Number(number) : "–"))
                )
            );
        }

        foreach (var (title, curves) in Charts)
        {
            yield return new Chart(title, curves);
        }
    }

    /// <summary>Creates a table with columns for the names and one column for each run.</summary>
    private ReportTable Table(string[] heads, bool ofNumbers, IEnumerable<(string[] Names, IEnumerable<string> Values)> rows) =>
        new(
            [.. heads.Select(head => new Column(head)), .. Paths.Select((_, run) => new Column($"{TextChart.Mark(run)}", ofNumbers))],
            rows.Select(row => row.Names.Concat(row.Values).ToArray())
        );

    /// <summary>Collects the options in which any run differs from the first, with the value in each run.</summary>
    private static ImmutableArray<DifferingOption> Differ(ImmutableArray<RunDescription> runs)
    {
        var others = runs.Select(run => runs[0].DifferencesFrom(run).ToDictionary(difference => difference.Name, StringComparer.Ordinal))
            .ToList();
        return
        [
            .. others
                .SelectMany(differences => differences.Values)
                .DistinctBy(difference => difference.Name)
                .OrderBy(difference => difference.Name, StringComparer.Ordinal)
                .Select(difference => new DifferingOption(
                    difference.Name,
                    [
                        .. others.Select(differences =>
                            differences.TryGetValue(difference.Name, out var found) ? found.There : difference.Here
                        ),
                    ]
                )),
        ];
    }
}
