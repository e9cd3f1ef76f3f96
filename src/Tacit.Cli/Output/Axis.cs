using System.Globalization;

namespace Tacit.Cli.Output;

/// <summary>An axis of a chart: its range, its ticks and the position of values on it.</summary>
/// <remarks>A linear axis has about five ticks. A logarithmic axis has ticks at powers of ten, about six at most.</remarks>
/// <example><code>
/// var axis = Axis.Over(0, 1500, logarithmic: false);
/// var middle = axis.Place(750);   // 0.5
/// var label = Axis.Label(1500);   // "1.5k"
/// </code></example>
internal sealed class Axis
{
    private readonly double _low;
    private readonly double _high;
    private readonly bool _logarithmic;

    private Axis(double low, double high, bool logarithmic, IReadOnlyList<double> ticks) =>
        (_low, _high, _logarithmic, Ticks) = (low, high, logarithmic, ticks);

    /// <summary>
    /// The labelled values, ascending. They are round: 1, 2 or 5 times a power of ten, or powers of ten on a logarithmic axis.
    /// </summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Creates an axis over a range of values.</summary>
    /// <param name="low">The smallest value.</param>
    /// <param name="high">The largest value. If it equals <paramref name="low"/>, the range is extended on both sides.</param>
    /// <param name="logarithmic">
    /// Whether the axis may be logarithmic. It is if the values are positive and span a decade or more; it then extends to
    /// whole powers of ten.
    /// </param>
    public static Axis Over(double low, double high, bool logarithmic)
    {
        if (logarithmic && low > 0 && high / low >= 10)
        {
            var (first, last) = (Math.Floor(Math.Log10(low)), Math.Ceiling(Math.Log10(high)));
            var every = (int)Math.Ceiling((last - first) / 6);
            return new Axis(
                first,
                last,
                true,
                [.. Enumerable.Range(0, (int)(last - first) / every + 1).Select(i => Math.Pow(10, first + i * every))]
            );
        }

        if (high <= low)
        {
            var half = low == 0 ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - half, low + half);
        }

        var step = RoundStep((high - low) / 5);
        var start = (long)Math.Ceiling(low / step - 1e-9);
        var end = (long)Math.Floor(high / step + 1e-9);
        return new Axis(low, high, false, [.. Enumerable.Range(0, (int)(end - start) + 1).Select(i => (start + i) * step)]);
    }

    /// <summary>
    /// Returns the relative position of a value: 0 at the lower end, 1 at the upper end. Values outside the range are clamped.
    /// </summary>
    public double Place(double value) => Math.Clamp(((_logarithmic ? Math.Log10(value) : value) - _low) / (_high - _low), 0, 1);

    /// <summary>Formats the value of a tick: 1500 becomes "1.5k", 2000000 "2M", 0.001 "0.001".</summary>
    public static string Label(double value)
    {
        var size = Math.Abs(value);
        return size switch
        {
            >= 1e6 => (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "M",
            >= 1e3 => (value / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + "k",
            0 => "0",
            < 1e-4 => value.ToString("0.#e0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.#####", CultureInfo.InvariantCulture),
        };
    }

    // Rounds up to 1, 2 or 5 times a power of ten.
    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            } * power;
    }
}
