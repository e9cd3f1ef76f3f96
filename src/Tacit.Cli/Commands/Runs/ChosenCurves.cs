using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>Selects the curves of a run that are drawn.</summary>
internal static class ChosenCurves
{
    /// <summary>The name of the metric that represents a stage, if the stage has it.</summary>
    public const string Loss = "loss";

    /// <summary>Returns the curves of one metric; by default the loss of each stage, or its first metric if it has no loss.</summary>
    /// <param name="curves">All curves of a run or of several runs.</param>
    /// <param name="metric">The name of the metric; null for the default.</param>
    /// <exception cref="UsageException">No curve has this name. The message lists all names.</exception>
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
