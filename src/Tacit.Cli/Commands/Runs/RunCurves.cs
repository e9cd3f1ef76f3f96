using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>One metric in one stage of a run.</summary>
/// <param name="Stage">The stage, such as "synthesis".</param>
/// <param name="Metric">The metric, such as "loss".</param>
/// <param name="Points">Its values over the steps.</param>
internal sealed record RunCurve(string Stage, string Metric, IReadOnlyList<CurvePoint> Points)
{
    public double Last => Points[^1].Value;

    /// <summary>The least finite value; NaN where there is none.</summary>
    public double Least => Finite.DefaultIfEmpty(double.NaN).Min();

    /// <summary>The greatest finite value; NaN where there is none.</summary>
    public double Greatest => Finite.DefaultIfEmpty(double.NaN).Max();

    private IEnumerable<double> Finite => Points.Select(point => point.Value).Where(double.IsFinite);
}

/// <summary>The curves of a run.</summary>
internal static class RunCurves
{
    /// <summary>The metric that sums up a stage, where a run has it.</summary>
    public const string Loss = "loss";

    /// <summary>All curves: stages in the order in which they ran, metrics by name.</summary>
    public static ImmutableArray<RunCurve> Of(RunSnapshot run) =>
        [
            .. run
                .Metrics.GroupBy(entry => entry.Stage, StringComparer.Ordinal)
                .SelectMany(stage =>
                    stage
                        .SelectMany(entry => entry.Values.Select(value => (value.Key, Point: new CurvePoint(entry.Step, value.Value))))
                        .GroupBy(value => value.Key, value => value.Point, StringComparer.Ordinal)
                        .OrderBy(metric => metric.Key, StringComparer.Ordinal)
                        .Select(metric => new RunCurve(stage.Key, metric.Key, [.. metric]))
                ),
        ];

    /// <summary>The curves to draw: those of a metric, or of each stage its loss or else its first metric.</summary>
    /// <exception cref="UsageException">There is no such metric.</exception>
    public static ImmutableArray<RunCurve> Choose(IReadOnlyCollection<RunCurve> curves, string? metric)
    {
        if (metric is not null)
        {
            ImmutableArray<RunCurve> chosen = [.. curves.Where(curve => curve.Metric == metric)];
            return chosen.IsEmpty
                ? throw new UsageException(
                    curves.Count == 0
                        ? "there is nothing to draw: no metric was written yet"
                        : $"there is no metric {metric}; there are {string.Join(", ", curves.Select(curve => curve.Metric).Distinct().Order(StringComparer.Ordinal))}"
                )
                : chosen;
        }

        return
        [
            .. curves
                .GroupBy(curve => curve.Stage, StringComparer.Ordinal)
                .SelectMany(stage =>
                    stage.Where(curve => curve.Metric == (stage.Any(other => other.Metric == Loss) ? Loss : stage.First().Metric))
                ),
        ];
    }
}
