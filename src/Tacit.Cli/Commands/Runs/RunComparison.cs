using System.Collections.Immutable;
using Spectre.Console;
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
    private const int ChartWidth = 100;

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
        var curves = runs.Select(run => RunCurves.Of(run).ToDictionary(curve => (curve.Stage, curve.Metric))).ToList();
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
                .. RunCurves
                    .Choose(all, metric)
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

    /// <summary>The object of --json.</summary>
    public object ToJson() =>
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

    /// <summary>Writes the tables and charts.</summary>
    public void Write(IAnsiConsole console)
    {
        var facts = new FactList();
        for (var i = 0; i < Paths.Length; i++)
        {
            facts.Add($"{TextChart.Mark(i)}", $"{Paths[i]} ({Runs[i].State.ToString().ToLowerInvariant()})");
        }

        facts.Write(console);
        if (Differences.IsEmpty)
        {
            console.WriteLine("They are the same but for their values.");
        }
        else
        {
            Write(
                console,
                ["differs"],
                Differences.Select(option => (new[] { option.Name }, option.Values.Select(value => value ?? "–"))),
                rightAligned: false
            );
        }

        if (!Results.IsEmpty)
        {
            Write(
                console,
                ["result"],
                Results.Select(figure => (new[] { figure.Name }, figure.Values.Select(value => value?.Text ?? "–"))),
                rightAligned: true
            );
        }

        if (!Last.IsEmpty)
        {
            Write(
                console,
                ["stage", "last"],
                Last.Select(last =>
                    (new[] { last.Stage, last.Metric }, last.Values.Select(value => value is { } number ? Format.Number(number) : "–"))
                ),
                rightAligned: true
            );
        }

        foreach (var (title, curves) in Charts)
        {
            console.WriteLine(title);
            foreach (var line in new TextChart(curves, Math.Min(ChartWidth, console.Profile.Width), Height: 16).Lines())
            {
                console.WriteLine(line);
            }

            console.WriteLine();
        }
    }

    private void Write(
        IAnsiConsole console,
        string[] heads,
        IEnumerable<(string[] Names, IEnumerable<string> Values)> rows,
        bool rightAligned
    )
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(heads);
        for (var i = 0; i < Paths.Length; i++)
        {
            var column = new TableColumn($"{TextChart.Mark(i)}");
            table.AddColumn(rightAligned ? column.RightAligned() : column);
        }

        foreach (var (names, values) in rows)
        {
            table.AddRow(names.Concat(values).Select(text => new Text(text)));
        }

        console.Write(table);
    }

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
