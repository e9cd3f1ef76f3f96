using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Training;

/// <summary>LARS's scaling of a layer's gradient (You, Gitman and Ginsburg 2017, algorithm 1), in place.</summary>
/// <remarks>
/// With weights w, gradient g, weight decay beta and trust coefficient eta, g becomes eta |w| / (|g| + beta |w|) · (g + beta w).
/// Where w or g is zero there is no ratio to keep and g becomes g + beta w, so that layers that begin at zero can leave it.
/// </remarks>
/// <example>w = (3, 4), g = (0, 10), beta = 0, eta = 0.001: g becomes 0.001 · 5 / 10 · (0, 10) = (0, 0.005).</example>
internal static class LayerwiseScaling
{
    public static void Apply(Tensor gradient, Tensor weight, double weightDecay, double trustCoefficient)
    {
        // The norms stay on the device: nothing waits for them.
        using var scope = NewDisposeScope();
        var weightNorm = weight.norm(); // ()
        var gradientNorm = gradient.norm(); // ()
        var ratio = trustCoefficient * weightNorm / (gradientNorm + weightDecay * weightNorm); // ()
        var defined = (weightNorm > 0).logical_and(gradientNorm > 0); // ()
        gradient.add_(weight, alpha: weightDecay).mul_(where(defined, ratio, ones_like(ratio)));
    }
}
