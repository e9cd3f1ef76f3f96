using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Learning.Training;

/// <summary>How <see cref="PlateauSchedule"/> lowers the rate. The defaults are those of PyTorch's ReduceLROnPlateau.</summary>
public sealed record PlateauOptions
{
    /// <summary>What the rate is multiplied by, in (0, 1). Default: 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not in (0, 1).</exception>
    public double Factor
    {
        get;
        init =>
            field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Factor), value, "must be between 0 and 1");
    } = 0.1;

    /// <summary>The number of observations without improvement that are borne. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int Patience
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Patience), value, "must not be negative");
    } = 10;

    /// <summary>The part of the best value by which a better one must be lower. Default: 1e-4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part is not in [0, 1).</exception>
    public double Threshold
    {
        get;
        init =>
            field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Threshold), value, "must be in [0, 1)");
    } = 1e-4;

    /// <summary>The lowest rate. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative.</exception>
    public double MinRate
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MinRate), value, "must not be negative");
    }
}

/// <summary>A learning rate that falls when a loss stops falling (PyTorch's ReduceLROnPlateau, relative threshold, no cooldown).</summary>
/// <example><code>
/// var plateau = new PlateauSchedule(0.1, new PlateauOptions { Patience = 1 });
/// plateau.Observe(1.0); // 0.1
/// plateau.Observe(1.0); // 0.1, borne
/// plateau.Observe(1.0); // 0.01
/// </code></example>
public sealed class PlateauSchedule
{
    // A fall below this is not made, as in PyTorch.
    private const double SmallestFall = 1e-8;

    private readonly PlateauOptions _options;
    private double _best = double.PositiveInfinity;
    private int _badObservations;

    /// <summary>A schedule that starts at a rate.</summary>
    public PlateauSchedule(double rate, PlateauOptions? options = null)
    {
        Rate = rate;
        _options = options ?? new PlateauOptions();
    }

    /// <summary>The rate now.</summary>
    public double Rate { get; private set; }

    /// <summary>The rate, the best value and the observations since, as a text for a checkpoint; setting it restores them exactly.</summary>
    /// <exception cref="InvalidFileException">The text is not such a state.</exception>
    public string State
    {
        get => string.Create(CultureInfo.InvariantCulture, $"{Rate:R} {_best:R} {_badObservations}");
        set
        {
            if (
                value?.Split(' ') is not [var rateText, var bestText, var badText]
                || !double.TryParse(rateText, CultureInfo.InvariantCulture, out var rate)
                || !double.TryParse(bestText, CultureInfo.InvariantCulture, out var best)
                || !int.TryParse(badText, CultureInfo.InvariantCulture, out var bad)
            )
            {
                throw new InvalidFileException($"'{value}' is not the state of a plateau schedule");
            }

            (Rate, _best, _badObservations) = (rate, best, bad);
        }
    }

    /// <summary>Takes note of a loss, lower being better, and returns the rate from now on. NaN is no improvement.</summary>
    public double Observe(double loss)
    {
        if (loss < _best * (1 - _options.Threshold))
        {
            _best = loss;
            _badObservations = 0;
        }
        else if (++_badObservations > _options.Patience)
        {
            var rate = Math.Max(Rate * _options.Factor, _options.MinRate);
            Rate = Rate - rate > SmallestFall ? rate : Rate;
            _badObservations = 0;
        }

        return Rate;
    }
}
