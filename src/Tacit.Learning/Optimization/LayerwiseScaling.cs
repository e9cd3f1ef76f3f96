using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Optimization;

/// <summary>Scales the gradient of a layer as LARS does (You, Gitman and Ginsburg 2017, algorithm 1).</summary>
/// <remarks>
/// With the weights w, the gradient g, the weight decay β and the trust coefficient η, the gradient becomes η |w| / (|g| + β
/// |w|) · (g + β w). If w or g is zero, the ratio is undefined and the gradient becomes g + β w, so that layers initialised
/// with zero can change.
/// </remarks>
/// <example>For w = (3, 4), g = (0, 10), β = 0 and η = 0.001, the gradient becomes 0.001 · 5 / 10 · (0, 10) = (0, 0.005).</example>
internal static class LayerwiseScaling
{
    /// <summary>Scales a gradient in place. The norms stay on the device, so the call does not wait for it.</summary>
    /// <param name="gradient">The gradient, of the shape of <paramref name="weight"/>.</param>
    /// <param name="weight">The weights of the layer.</param>
    /// <param name="weightDecay">The weight decay β, at least 0.</param>
    /// <param name="trustCoefficient">The trust coefficient η, above 0.</param>
    public static void Apply(Tensor gradient, Tensor weight, double weightDecay, double trustCoefficient)
    {
        // All values stay on the device, so the host does not wait for them.
        using var scope = NewDisposeScope();
        var weightNorm = weight.norm(); // ()
        var gradientNorm = gradient.norm(); // ()
        var ratio = trustCoefficient * weightNorm / (gradientNorm + weightDecay * weightNorm); // ()
        var defined = (weightNorm > 0).logical_and(gradientNorm > 0); // ()
        gradient.add_(weight, alpha: weightDecay).mul_(where(defined, ratio, ones_like(ratio)));
    }
}
