using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>A figure that summarises the result of a run.</summary>
/// <param name="Key">The name in the JSON object, for example "snr_db".</param>
/// <param name="Name">The name in the report, for example "output SNR".</param>
/// <param name="Value">The value in the unit of <c>result.json</c>.</param>
/// <param name="Text">The formatted value with its unit, for example "36.0 dB".</param>
internal sealed record RunFigure(string Key, string Name, double Value, string Text);

/// <summary>Selects the figures that summarise the result of a run.</summary>
internal static class RunFigures
{
    /// <summary>The known figures, the most important first.</summary>
    private static readonly Source[] Known =
    [
        new("agreement", "agreement", "agreement", Format.Percent),
        new("cosine_similarity", "cosine_similarity", "cosine similarity", Format.Cosine),
        new("test.top1", "accuracy", "accuracy", Format.Percent),
        new("knn", "knn", "neighbours right", share => Format.Percent(100 * share)),
        new("snr_db", "snr_db", "output SNR", Format.Decibels),
        new("rank", "rank", "effective rank", Format.Number),
        new("bytes_after", "bytes", "size", Size),
        new("bytes", "bytes", "size", Size),
        new("seconds", "seconds", "time", seconds => Format.Time(TimeSpan.FromSeconds(seconds))),
    ];

    /// <summary>Returns the figures of a result, the most important first: agreement, similarity, accuracy, rank, size and time.</summary>
    /// <param name="result">The content of <c>result.json</c>; null if the run is not finished.</param>
    /// <returns>The figures that the result has as numbers; empty if <paramref name="result"/> is null.</returns>
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

    /// <summary>Specifies where a figure is in <c>result.json</c> and how it is named and formatted.</summary>
    private sealed record Source(string Path, string Key, string Name, Func<double, string> Text);
}
