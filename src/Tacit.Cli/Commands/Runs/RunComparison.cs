using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>Something that is not the same in all runs; null where a run does not have it.</summary>
internal sealed record DifferingOption(string Name, ImmutableArray<string?> Values);

/// <summary>A metric's last value in each run; null where a run does not have it.</summary>
internal sealed record LastValues(string Stage, string Metric, ImmutableArray<double?> Values);

/// <summary>A figure of the result of each run; null where a run does not have it.</summary>
internal sealed record ComparedFigure(string Key, string Name, ImmutableArray<RunFigure?> Values);

/// <summary>Runs side by side: in what they differ, their results, their last values, their curves over each other.</summary>
internal sealed record RunComparison
{
    public required ImmutableArray<string> Paths { get; init; }

    public required ImmutableArray<RunSnapshot> Runs { get; init; }

    public required ImmutableArray<DifferingOption> Differences { get; init; }

    public required ImmutableArray<ComparedFigure> Results { get; init; }

    public required ImmutableArray<LastValues> Last { get; init; }

    public required ImmutableArray<(string Title, ImmutableArray<Curve> Curves)> Charts { get; init; }

    /// <summary>Compares runs.</summary>
    /// <exception cref="UsageException">None of them has the metric.</exception>
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

    /// <summary>Creates the report: the runs, in what they differ, their results, their last values, and charts.</summary>
    public Report Report() =>
        new(
            Data(),
            [
                new FactList([
                    .. Paths.Select(
                        (path, run) => new Fact($"{TextChart.Mark(run)}", $"{path} ({Runs[run].State.ToString().ToLowerInvariant()})")
                    ),
                ]),
                Differences.IsEmpty
                    ? new Note("The runs have the same options and inputs.")
                    : Table(
                        ["differs"],
                        false,
                        Differences.Select(option => (new[] { option.Name }, option.Values.Select(value => value ?? "–")))
                    ),
                .. Results.IsEmpty
                    ? Array.Empty<ReportBlock>()
                    :
                    [
                        Table(
                            ["result"],
                            true,
                            Results.Select(figure => (new[] { figure.Name }, figure.Values.Select(value => value?.Text ?? "–")))
                        ),
                    ],
                .. Last.IsEmpty
                    ? Array.Empty<ReportBlock>()
                    :
                    [
                        Table(
                            ["stage", "last"],
                            true,
                            Last.Select(last =>
                                (
                                    new[] { last.Stage, last.Metric },
                                    last.Values.Select(value => value is { } number ? Format.Number(number) : "–")
                                )
                            )
                        ),
                    ],
                .. Charts.Select(chart => new Chart(chart.Title, chart.Curves)),
            ]
        );

    // A column for each run, after those of the heads.
    private ReportTable Table(string[] heads, bool ofNumbers, IEnumerable<(string[] Names, IEnumerable<string> Values)> rows) =>
        new(
            [.. heads.Select(head => new Column(head)), .. Paths.Select((_, run) => new Column($"{TextChart.Mark(run)}", ofNumbers))],
            rows.Select(row => row.Names.Concat(row.Values).ToArray())
        );

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
