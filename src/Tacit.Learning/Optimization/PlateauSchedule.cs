using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Learning.Optimization;

/// <summary>Specifies a <see cref="PlateauSchedule"/>. The defaults are those of PyTorch's ReduceLROnPlateau.</summary>
internal sealed record PlateauOptions
{
    /// <summary>The factor by which the rate is multiplied, between 0 and 1, exclusive. Default 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1).</exception>
    public double Factor
    {
        get;
        init =>
            field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Factor), value, "must be between 0 and 1");
    } = 0.1;

    /// <summary>
    /// The number of observations without improvement after which the next one reduces the rate, at least 0. Default 10.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Patience
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 10;

    /// <summary>
    /// The relative improvement that counts: a loss is better if it is below best · (1 - threshold). At least 0 and below 1;
    /// default 1e-4.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Threshold
    {
        get;
        init =>
            field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Threshold), value, "must be in [0, 1)");
    } = 1e-4;

    /// <summary>The lowest rate, at least 0. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public double MinRate
    {
        get;
        init => field = Require.AtLeast(0, value);
    }
}

/// <summary>
/// A learning rate that is reduced when a loss stops falling (PyTorch's ReduceLROnPlateau with a relative threshold and without
/// cooldown).
/// </summary>
/// <example><code>
/// var plateau = new PlateauSchedule(0.1, new PlateauOptions { Patience = 1 });
/// plateau.Observe(1.0); // 0.1
/// plateau.Observe(1.0); // 0.1, within the patience
/// plateau.Observe(1.0); // 0.01
/// </code></example>
internal sealed class PlateauSchedule
{
    // Smaller reductions are skipped, as in PyTorch.
    private const double SmallestFall = 1e-8;

    private readonly PlateauOptions _options;
    private double _best = double.PositiveInfinity;
    private int _badObservations;

    /// <summary>Creates a schedule.</summary>
    /// <param name="rate">The initial rate.</param>
    /// <param name="options">When and how the rate is reduced; null for the defaults.</param>
    public PlateauSchedule(double rate, PlateauOptions? options = null)
    {
        Rate = rate;
        _options = options ?? new PlateauOptions();
    }

    /// <summary>The current learning rate.</summary>
    public double Rate { get; private set; }

    /// <summary>
    /// The complete state (the rate, the best loss and the number of observations since) as text for a checkpoint. Setting it
    /// restores the state exactly.
    /// </summary>
    /// <exception cref="InvalidFileException">The text is not a state of a schedule.</exception>
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

    /// <summary>Records a loss and reduces the rate if necessary.</summary>
    /// <param name="loss">The loss; lower is better. NaN counts as no improvement.</param>
    /// <returns>The learning rate from now on.</returns>
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
