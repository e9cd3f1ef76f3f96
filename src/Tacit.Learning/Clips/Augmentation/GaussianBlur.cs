using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Blurs clips with a Gaussian kernel.</summary>
/// <remarks>
/// The weights are exp(-i² / (2 σ²)) for i from -(k - 1) / 2 to (k - 1) / 2, divided by their sum. The kernel is separable: the clip is
/// filtered along the width, then along the height.
/// </remarks>
internal static class GaussianBlur
{
    /// <summary>Blurs every frame of a clip in place. Frames are continued by reflection at their borders.</summary>
    /// <param name="clip">The clip, (3, T, H, W).</param>
    /// <param name="kernel">The width k of the kernel in pixels, odd, less than 2 · min(H, W).</param>
    /// <param name="sigma">The standard deviation σ in pixels, above 0.</param>
    public static void Apply(Tensor clip, int kernel, double sigma)
    {
        using var scope = NewDisposeScope();
        var (weights, margin) = (Weights(kernel, sigma), kernel / 2);
        var framed = nn.functional.pad(clip, (margin, margin, margin, margin), PaddingModes.Reflect); // (3, T, H+k-1, W+k-1)
        clip.copy_(Along(2, Along(3, framed, weights), weights));
    }

    /// <summary>
    /// Filters along one axis by a weighted sum of shifted slices, which is much faster than a convolution with one channel.
    /// </summary>
    private static Tensor Along(int dimension, Tensor framed, float[] weights)
    {
        var length = framed.shape[dimension] - weights.Length + 1;
        var sum = framed.narrow(dimension, 0, length) * weights[0];
        for (var shift = 1; shift < weights.Length; shift++)
        {
            sum.add_(framed.narrow(dimension, shift, length), alpha: weights[shift]);
        }

        return sum;
    }

    /// <summary>Returns the weights of the kernel. Their sum is 1.</summary>
    private static float[] Weights(int kernel, double sigma)
    {
        double[] bell = [.. Enumerable.Range(0, kernel).Select(i => Math.Exp(-0.5 * Math.Pow((i - kernel / 2) / sigma, 2)))];
        var sum = bell.Sum();
        return [.. bell.Select(weight => (float)(weight / sum))];
    }
}
