namespace Tacit.Inference.Video;

// How fast frames follow each other.
internal readonly record struct FrameRates(double Average, bool IsVariable, TimeSpan Duration)
{
    // Times are rounded to the file's unit, and where it was remuxed, to the milliseconds of the file before.
    private const double Rounding = 0.00105;

    // `times`: when each frame is shown, in units; empty where that is not known. `nominal`: the rates that the file tells of.
    public static FrameRates Of(IReadOnlyList<long> times, int count, Rational unit, params ReadOnlySpan<Rational?> nominal)
    {
        var tolerance = Math.Max(Rounding, 1.5 * unit.Value);
        var told = 25.0;
        for (var i = nominal.Length - 1; i >= 0; i--)
        {
            told = nominal[i]?.Value ?? told;
        }

        if (times.Count < 2)
        {
            return new FrameRates(told, IsVariable: false, TimeSpan.FromSeconds(count / told));
        }

        var span = (times[^1] - times[0]) * unit.Value;
        var rate = (times.Count - 1) / span;
        foreach (var candidate in nominal)
        {
            // What the file tells is free of rounding, where it is true.
            if (candidate is { } ratio && Math.Abs(((times.Count - 1) / ratio.Value) - span) <= tolerance)
            {
                rate = ratio.Value;
                break;
            }
        }

        var variable = false;
        for (var i = 1; i < times.Count && !variable; i++)
        {
            variable = Math.Abs(((times[i] - times[i - 1]) * unit.Value) - (1 / rate)) > tolerance;
        }

        return new FrameRates(rate, variable, TimeSpan.FromSeconds(span + (1 / rate)));
    }
}
