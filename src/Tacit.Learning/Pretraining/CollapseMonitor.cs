using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>Tells whether embeddings still tell clips apart. Methods without negatives can make all of them equal.</summary>
/// <remarks>
/// Spread is the mean over dimensions of the standard deviation of unit vectors, times the square root of their dimension:
/// about 1 where they point everywhere (Chen and He 2021, section 4.1), 0 where they are all the same.
/// </remarks>
internal sealed class CollapseMonitor
{
    /// <summary>A spread below which clips are not told apart.</summary>
    public const double LeastSpread = 0.02;

    /// <summary>The steps in a row that make a collapse: at the start all embeddings may be alike for a while.</summary>
    public const int Patience = 50;

    private int _steps;

    /// <summary>The steps in a row, up to the last, whose spread was too small.</summary>
    public int Steps => _steps;

    /// <summary>Takes note of the spreads of a step; whether it is a collapse.</summary>
    public bool IsCollapsed(IEnumerable<double> spreads)
    {
        _steps = spreads.Any(spread => spread < LeastSpread) ? _steps + 1 : 0;
        return _steps >= Patience;
    }

    /// <summary>Takes up the number of steps that <see cref="Steps"/> gave.</summary>
    public void Restore(int steps) => _steps = steps;

    /// <summary>The spread of unit vectors, (N, d).</summary>
    public static double Spread(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return embeddings.std(0, unbiased: false).mean().ToDouble() * Math.Sqrt(embeddings.shape[1]);
    }

    /// <summary>
    /// The effective rank of features, (N, D): the exponential of the entropy of their singular values' shares, after the mean is
    /// taken off (Roy and Vetterli 2007); from 1 to the smaller of N and D, not a number where a feature is none.
    /// </summary>
    public static double EffectiveRank(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (!features.isfinite().all().ToBoolean())
        {
            return double.NaN;
        }

        var values = linalg.svdvals(features - features.mean([0L], keepdim: true)); // (min(N, D))
        var shares = values / values.sum().clamp_min(1e-12);
        return Math.Exp(-(shares * shares.clamp_min(1e-12).log()).sum().ToDouble());
    }
}
