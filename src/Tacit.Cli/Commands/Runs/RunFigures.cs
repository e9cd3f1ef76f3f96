using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>One figure of a run's result.</summary>
/// <param name="Key">What --json calls it.</param>
/// <param name="Name">What people call it, such as "agreement".</param>
/// <param name="Value">Its value, as <c>result.json</c> has it.</param>
/// <param name="Text">The value as people read it.</param>
internal sealed record RunFigure(string Key, string Name, double Value, string Text);

/// <summary>What sums up the result of a run.</summary>
internal static class RunFigures
{
    // What a command is judged by comes first.
    private static readonly Source[] Known =
    [
        new("agreement", "agreement", "agreement", Format.Percent),
        new("cosine_similarity", "cosine_similarity", "cosine similarity", value => value.ToString("0.0000", CultureInfo.InvariantCulture)),
        new("test.top1", "accuracy", "accuracy", Format.Percent),
        new("knn", "knn", "neighbours right", share => Format.Percent(100 * share)),
        new("snr_db", "snr_db", "output SNR", Format.Decibels),
        new("rank", "rank", "effective rank", Format.Number),
        new("bytes_after", "bytes", "size", Size),
        new("bytes", "bytes", "size", Size),
        new("seconds", "seconds", "time", seconds => Format.Time(TimeSpan.FromSeconds(seconds))),
    ];

    /// <summary>The figures of a result, what the run is judged by first; none where it is not finished.</summary>
    public static ImmutableArray<RunFigure> Of(JsonObject? result)
    {
        var values = OptionsJson.Flatten(result ?? []).ToLookup(value => value.Name, value => value.Value, StringComparer.Ordinal);
        return
        [
            .. Known.SelectMany(figure =>
                values[figure.Path]
                    .Where(value => value?.GetValueKind() == JsonValueKind.Number)
                    .Select(value => value!.GetValue<double>())
                    .Select(value => new RunFigure(figure.Key, figure.Name, value, figure.Text(value)))
            ),
        ];
    }

    private static string Size(double bytes) => Format.Bytes((long)bytes);

    // Where result.json has a figure, and what --json and people call it.
    private sealed record Source(string Path, string Key, string Name, Func<double, string> Text);
}
