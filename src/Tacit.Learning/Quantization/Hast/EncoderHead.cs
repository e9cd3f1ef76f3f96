using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>What stands in for classes where a network gives features: prototypes, which are directions in its feature space.</summary>
/// <remarks>
/// The logits of features f are cos(f - m, p) / 0.1 for each prototype p, where m is the mean of the float network's features on
/// the samples that it is taken from: synthetic ones, or clips and images of the user's own. Prototypes are some of those features less m, scaled to length 1: first the longest, then again and again
/// the one whose nearest prototype is the farthest in angle. The head is float, and no part of the exported network.
/// </remarks>
/// <example>Of the features (2, 0), (0, 2), (-2, -2), with mean 0, two prototypes are (-0.71, -0.71) and (1, 0).</example>
internal sealed class EncoderHead : IDisposable
{
    /// <summary>The prototypes wanted; there are no more than samples that they are taken from.</summary>
    public const int Most = 32;

    private const double Temperature = 0.1;

    private readonly Tensor _mean; // (D)
    private readonly Tensor _power; // the mean square of f - m
    private readonly Tensor _prototypes; // (K, D)

    /// <summary>Takes prototypes from the float network's features.</summary>
    /// <param name="features">(N, D).</param>
    public EncoderHead(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var mean = features.mean([0L]); // (D)
        var centred = features - mean; // (N, D)
        _mean = mean.DetachFromDisposeScope();
        _power = centred.square().mean().clamp_min(1e-12).DetachFromDisposeScope();
        _prototypes = Farthest(centred, (int)Math.Min(Most, features.shape[0])).DetachFromDisposeScope();
    }

    /// <summary>The logits of features.</summary>
    /// <param name="features">(N, D).</param>
    /// <returns>(N, K).</returns>
    public Tensor Logits(Tensor features) => nn.functional.normalize(features - _mean, p: 2, dim: 1).matmul(_prototypes.t()) / Temperature;

    /// <summary>The mean squared difference of features, over the variance of the float network's: a scalar.</summary>
    public Tensor Regression(Tensor student, Tensor teacher) => (student - teacher).square().mean() / _power;

    public void Dispose()
    {
        _mean.Dispose();
        _power.Dispose();
        _prototypes.Dispose();
    }

    private static Tensor Farthest(Tensor centred, int count)
    {
        var directions = nn.functional.normalize(centred, p: 2, dim: 1); // (N, D)
        var chosen = new List<long> { centred.square().sum(1).argmax().ToInt64() };
        var nearest = directions.matmul(directions[chosen[0]]); // (N): the cosine to the nearest prototype
        while (chosen.Count < count)
        {
            chosen.Add(nearest.argmin().ToInt64());
            nearest = nearest.maximum(directions.matmul(directions[chosen[^1]]));
        }

        return directions.index_select(0, tensor(chosen.ToArray(), device: centred.device));
    }
}
