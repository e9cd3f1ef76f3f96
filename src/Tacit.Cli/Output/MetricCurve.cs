using System.Collections.Immutable;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Output;

/// <summary>The values of a metric over the steps of one stage of a run.</summary>
/// <param name="Stage">The stage, such as "synthesis".</param>
/// <param name="Metric">The metric, such as "loss".</param>
/// <param name="Points">The values; at least one.</param>
internal sealed record MetricCurve(string Stage, string Metric, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>The last value.</summary>
    public double Last => Points[^1].Value;

    /// <summary>The least finite value; NaN if there is none.</summary>
    public double Least => Finite.DefaultIfEmpty(double.NaN).Min();

    /// <summary>The greatest finite value; NaN if there is none.</summary>
    public double Greatest => Finite.DefaultIfEmpty(double.NaN).Max();

    private IEnumerable<double> Finite => Points.Select(point => point.Value).Where(double.IsFinite);

    /// <summary>Returns the curves of a log, in the order of its stages and of the names of the metrics.</summary>
    /// <param name="metrics">The entries of the log.</param>
    public static ImmutableArray<MetricCurve> Of(IEnumerable<MetricsEntry> metrics) =>
        [
            .. metrics
                .GroupBy(entry => entry.Stage, StringComparer.Ordinal)
                .SelectMany(stage =>
                    stage
                        .SelectMany(entry => entry.Values.Select(value => (value.Key, Point: new CurvePoint(entry.Step, value.Value))))
                        .GroupBy(value => value.Key, value => value.Point, StringComparer.Ordinal)
                        .OrderBy(metric => metric.Key, StringComparer.Ordinal)
                        .Select(metric => new MetricCurve(stage.Key, metric.Key, [.. metric]))
                ),
        ];
}
