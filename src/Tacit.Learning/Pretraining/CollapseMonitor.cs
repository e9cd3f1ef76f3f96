using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>
/// Detects collapse: embeddings that no longer distinguish clips. Methods without negative samples can reach such a solution.
/// </summary>
/// <remarks>
/// The spread is the standard deviation of the unit vectors, averaged over the dimensions and multiplied by √d. It is about 1
/// if the vectors are spread evenly over the sphere (Chen and He 2021, section 4.1) and 0 if all are equal. A collapse is
/// reported after <see cref="Patience"/> consecutive steps with a spread below <see cref="LeastSpread"/>.
/// </remarks>
internal sealed class CollapseMonitor
{
    /// <summary>The spread below which embeddings do not distinguish clips.</summary>
    public const double LeastSpread = 0.02;

    /// <summary>
    /// The number of consecutive steps with a small spread that count as a collapse. All embeddings may be similar for a while
    /// at the start of training.
    /// </summary>
    public const int Patience = 50;

    private int _steps;

    /// <summary>The number of consecutive steps with a small spread, up to the last step. It is saved in checkpoints.</summary>
    public int Steps => _steps;

    /// <summary>Records the spreads of a step.</summary>
    /// <param name="spreads">The spread of each embedding of the method.</param>
    /// <returns>Whether the training has collapsed.</returns>
    public bool IsCollapsed(IEnumerable<double> spreads)
    {
        _steps = spreads.Any(spread => spread < LeastSpread) ? _steps + 1 : 0;
        return _steps >= Patience;
    }

    /// <summary>Restores the value of <see cref="Steps"/> from a checkpoint.</summary>
    public void Restore(int steps) => _steps = steps;

    /// <summary>Computes the spread of unit vectors.</summary>
    /// <param name="embeddings">The unit vectors, (N, d).</param>
    /// <returns>The spread, from 0 to about 1.</returns>
    public static double Spread(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return embeddings.std(0, unbiased: false).mean().ToDouble() * Math.Sqrt(embeddings.shape[1]);
    }

    /// <summary>
    /// Computes the effective rank of features (Roy and Vetterli 2007): exp(-Σ pᵢ log pᵢ), where pᵢ are the singular values of
    /// the centred features divided by their sum.
    /// </summary>
    /// <param name="features">The features, (N, D).</param>
    /// <returns>The effective rank, from 1 to min(N, D); NaN if a feature is not finite.</returns>
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
