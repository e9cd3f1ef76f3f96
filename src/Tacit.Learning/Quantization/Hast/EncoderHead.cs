using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Replaces the classes of an encoder by prototypes, which are directions in its feature space.</summary>
/// <remarks>
/// <para>
/// The logits of features f are cos(f - m, p) / 0.1 for each prototype p, where m is the mean of the float network's features on
/// some samples: synthetic ones, or the user's own images or clips.
/// </para>
/// <para>
/// The prototypes are chosen among those features, less m and scaled to length 1. The first is the longest one; each further one
/// is the one whose nearest prototype is the farthest in angle. The head is computed in float and is not part of the exported
/// network. It is not in the paper, which treats classifiers only.
/// </para>
/// </remarks>
/// <example>Of the features (2, 0), (0, 2), (-2, -2), with mean 0, two prototypes are (-0.71, -0.71) and (1, 0).</example>
internal sealed class EncoderHead : IDisposable
{
    /// <summary>The largest number of prototypes. With fewer samples, each of them becomes one.</summary>
    public const int Most = 32;

    private const double Temperature = 0.1;

    private readonly Tensor _mean; // (D)
    private readonly Tensor _power; // the mean square of f - m
    private readonly Tensor _prototypes; // (K, D)

    /// <summary>Chooses the prototypes among the features of the float network.</summary>
    /// <param name="features">The features of N samples, (N, D). They are not changed and stay the caller's.</param>
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

    /// <summary>Computes the logits of features.</summary>
    /// <param name="features">The features of either network, (N, D).</param>
    /// <returns>The logits, from -10 to 10, (N, K) for K prototypes.</returns>
    public Tensor Logits(Tensor features) => nn.functional.normalize(features - _mean, p: 2, dim: 1).matmul(_prototypes.t()) / Temperature;

    /// <summary>Computes the mean squared difference of features relative to the variance of the float network's features.</summary>
    /// <param name="student">The features of the quantised network, (N, D).</param>
    /// <param name="teacher">The features of the float network for the same samples, (N, D).</param>
    /// <returns>A scalar; 1 is a difference as large as the spread of the features.</returns>
    public Tensor Regression(Tensor student, Tensor teacher) => (student - teacher).square().mean() / _power;

    /// <inheritdoc/>
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
