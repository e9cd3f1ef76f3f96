using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>The curves of a run.</summary>
internal static class ChosenCurves
{
    /// <summary>The metric that sums up a stage, where a run has it.</summary>
    public const string Loss = "loss";

    /// <summary>The curves to draw: those of a metric, or of each stage its loss or else its first metric.</summary>
    /// <exception cref="UsageException">There is no such metric.</exception>
    public static ImmutableArray<MetricCurve> Of(IReadOnlyCollection<MetricCurve> curves, string? metric)
    {
        if (metric is not null)
        {
            ImmutableArray<MetricCurve> chosen = [.. curves.Where(curve => curve.Metric == metric)];
            return chosen.IsEmpty
                ? throw new UsageException(
                    curves.Count == 0
                        ? "nothing to draw: the run has no metrics yet"
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
