using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Training;

/// <summary>The parts that the reports on trainings with videos share.</summary>
internal static class TrainingReport
{
    private const int UnreadableShown = 5;

    /// <summary>Draws metrics over the steps. Metrics that were never logged are left out.</summary>
    /// <param name="title">The title of the chart.</param>
    /// <param name="curves">The curves of the run, which has one stage.</param>
    /// <param name="metrics">The names of the metrics.</param>
    public static Chart Chart(string title, IReadOnlyCollection<MetricCurve> curves, params IEnumerable<string> metrics) =>
        new(
            title,
            [
                .. metrics
                    .Select(metric => curves.FirstOrDefault(curve => curve.Metric == metric))
                    .OfType<MetricCurve>()
                    .Select(curve => new Curve(curve.Metric, curve.Points)),
            ]
        );

    /// <summary>Names the first five videos that could not be read.</summary>
    /// <param name="unreadable">The videos, with reasons.</param>
    /// <returns>The text; null if all videos were read.</returns>
    public static string? Unreadable(ImmutableArray<(string Name, string Reason)> unreadable) =>
        unreadable.IsEmpty
            ? null
            : $"{unreadable.Length}: {string.Join("; ", unreadable.Take(UnreadableShown).Select(video => $"{video.Name}: {video.Reason}"))}";

    /// <summary>Lists the videos that could not be read, if any, and the settings of the run.</summary>
    /// <typeparam name="T">The type of the request.</typeparam>
    /// <param name="unreadable">The videos, with reasons.</param>
    /// <param name="request">The request, whose stored options are the settings.</param>
    public static IEnumerable<Details> Sections<T>(ImmutableArray<(string Name, string Reason)> unreadable, T request)
        where T : TrainingRequest
    {
        if (!unreadable.IsEmpty)
        {
            yield return new Details(
                "Videos that could not be read",
                null,
                new ReportTable(["video", "reason"], unreadable.Select(video => new[] { Format.Name(video.Name), video.Reason }))
            );
        }

        yield return new Details("Settings", null, new FactList([.. Settings(OptionsJson.ToJson(request))]));
    }

    /// <summary>Lists the unreadable videos for the JSON object.</summary>
    /// <param name="unreadable">The videos, with reasons.</param>
    public static IEnumerable<object> ToJson(ImmutableArray<(string Name, string Reason)> unreadable) =>
        unreadable.Select(video => new { name = video.Name, reason = video.Reason });

    /// <summary>Flattens the stored options to names with dots, such as "optimizer.learningRate".</summary>
    private static IEnumerable<Fact> Settings(JsonObject options) =>
        OptionsJson.Flatten(options).Select(option => new Fact(option.Name, option.Value?.ToJsonString().Trim('"') ?? "none"));
}
