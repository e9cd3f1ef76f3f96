using System.Globalization;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>Formats numbers, sizes and times for people. The decimal separator is always a point.</summary>
internal static class Format
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Formats a number with three to four significant digits: 0.1235, 12.3, 1.23e-05.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        return value switch
        {
            _ when !double.IsFinite(value) => double.IsNaN(value) ? "NaN"
            : value > 0 ? "Inf"
            : "-Inf",
            0 => "0",
            _ when size is < 1e-3 or >= 1e6 => value.ToString("0.00e0", Culture),
            _ when size < 1 => value.ToString("0.0000", Culture),
            _ when size < 100 => value.ToString("0.00", Culture),
            _ => value.ToString("#,0", Culture),
        };
    }

    /// <summary>Formats a count: 272474 becomes "272,474".</summary>
    public static string Count(long value) => value.ToString("#,0", Culture);

    /// <summary>Formats a count with a noun: "1 source", "2 sources".</summary>
    public static string Count(long number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>Formats the interval of a percentage: "40.0 to 90.0"; a dash if it is null.</summary>
    public static string Range(Interval? interval) =>
        interval is { } known ? string.Create(Culture, $"{known.Low:0.0} to {known.High:0.0}") : "–";

    /// <summary>Describes the interval of a percentage that is based on sources of videos.</summary>
    public static string Interval(Interval? interval, int sources) =>
        interval is null
            ? "no interval: all videos tested are of one source"
            : $"95 % interval {Range(interval)}, over {Count(sources, "source")}";

    /// <summary>Describes the clips of videos: "10 of each video, 16 frames 4 apart of 112 x 112".</summary>
    /// <param name="clips">The number of clips of each video.</param>
    /// <param name="clip">The preprocessing of clips.</param>
    public static string Clips(int clips, ClipPreprocessing clip) =>
        $"{clips} of each video, {clip.Frames} frames {(clip.Stride == 1 ? "" : $"{clip.Stride} apart ")}of {clip.Size} x {clip.Size}";

    /// <summary>Describes a cross-validation: "in 5 folds by source, 10 times".</summary>
    public static string Folds(EvaluationOptions options) =>
        $"in {options.Folds} folds by source, {(options.Repeats == 1 ? "once" : $"{options.Repeats} times")}";

    /// <summary>Describes a latency.</summary>
    /// <param name="latency">The latency.</param>
    /// <param name="one">The name of one sample, such as "image".</param>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    public static string Latency(Latency latency, string one, int threads)
    {
        var by = threads switch
        {
            0 => "a thread per core",
            1 => "1 thread",
            _ => $"{threads} threads",
        };
        return string.Create(
            Culture,
            $"{latency.Median:0.000} ms for one {one} (median of {latency.Runs}; nine of ten below {latency.P90:0.000} ms; {by})"
        );
    }

    /// <summary>
    /// Formats a field of a CSV file. It is quoted if it contains separators or quotes, or begins or ends with white space; empty for null.
    /// </summary>
    public static string CsvField(object? value)
    {
        var text = Convert.ToString(value, Culture) ?? "";
        return text.AsSpan().ContainsAny(",\"\r\n") || text != text.Trim()
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }

    /// <summary>Formats a large count: 40815370 becomes "40.8 M".</summary>
    public static string Short(double value) =>
        Math.Abs(value) switch
        {
            >= 999_950_000 => (value / 1e9).ToString("0.0", Culture) + " G",
            >= 999_950 => (value / 1e6).ToString("0.0", Culture) + " M",
            >= 1_000 => (value / 1e3).ToString("0.0", Culture) + " k",
            _ => value.ToString("0", Culture),
        };

    /// <summary>Formats the size of a file: 1024 becomes "1.0 KiB".</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            >= 1L << 30 => (bytes / (double)(1L << 30)).ToString("0.00", Culture) + " GiB",
            >= 1L << 20 => (bytes / (double)(1L << 20)).ToString("0.00", Culture) + " MiB",
            >= 1L << 10 => (bytes / (double)(1L << 10)).ToString("0.0", Culture) + " KiB",
            _ => $"{bytes} bytes",
        };

    /// <summary>The name of a file, which may hold line ends and escape sequences, on one line.</summary>
    public static string Name(string name) => OneLine.Of(name);

    /// <summary>Formats a percentage with two decimals: "88.32 %"; a dash if it is not finite.</summary>
    public static string Percent(double percent) => double.IsFinite(percent) ? percent.ToString("0.00", Culture) + " %" : "–";

    /// <summary>Formats a cosine similarity, such as "0.9984".</summary>
    public static string Cosine(double value) => value.ToString("0.0000", Culture);

    /// <summary>Formats a signal-to-noise ratio: "36.0 dB"; "no error" if it is infinite.</summary>
    public static string Decibels(double value) =>
        double.IsPositiveInfinity(value) ? "no error"
        : !double.IsFinite(value) ? "–"
        : value.ToString("0.0", Culture) + " dB";

    /// <summary>Formats a duration: "45 s", "2 min 05 s", "1 h 02 min".</summary>
    public static string Time(TimeSpan time)
    {
        // Rounded to seconds from ten on, so that 59.7 s is a minute.
        time = time.TotalSeconds < 9.95 ? time : TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return time switch
        {
            { TotalSeconds: < 9.95 } => time.TotalSeconds.ToString("0.0", Culture) + " s",
            { TotalSeconds: < 60 } => time.TotalSeconds.ToString("0", Culture) + " s",
            { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min {time.Seconds:00} s",
            _ => $"{(int)time.TotalHours} h {time.Minutes:00} min",
        };
    }
}
