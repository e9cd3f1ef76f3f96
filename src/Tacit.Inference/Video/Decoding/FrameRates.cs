namespace Tacit.Inference.Video.Decoding;

/// <summary>The frame rate and duration of a video, computed from the timestamps of its frames.</summary>
/// <param name="Average">Frames per second, on average.</param>
/// <param name="IsVariable">
/// Whether an interval between frames differs from 1 / <paramref name="Average"/> by more than rounding explains.
/// </param>
/// <param name="Duration">The time from the start of the first frame to the end of the last.</param>
internal readonly record struct FrameRates(double Average, bool IsVariable, TimeSpan Duration)
{
    // Timestamps are rounded to the time base of the file. Remuxed files may still carry the millisecond rounding of their
    // source.
    private const double Rounding = 0.00105;

    /// <summary>Computes the rates of a video.</summary>
    /// <remarks>
    /// With at least two timestamps, the rate is (n - 1) / (t_last - t_first), unless a nominal rate agrees with the measured
    /// span within rounding: the nominal rate is then used because it is exact. Without timestamps the first nominal rate is
    /// used, or 25 frames per second if the file declares none.
    /// </remarks>
    /// <param name="times">The timestamp of each frame in units of <paramref name="unit"/>, ascending; empty if unknown.</param>
    /// <param name="count">The number of frames.</param>
    /// <param name="unit">The time base in seconds.</param>
    /// <param name="nominal">The frame rates that the file declares, in order of preference; null entries are ignored.</param>
    /// <returns>The rate, whether it varies, and the duration.</returns>
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
            // The declared rate is exact; it is used if it agrees with the timestamps.
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
