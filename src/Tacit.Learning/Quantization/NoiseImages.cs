using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Creates random images with the spectrum of photographs, for networks about whose data nothing is known.</summary>
/// <remarks>
/// Gaussian noise at 1, 1/2, 1/4, … of the resolution is enlarged and added with equal weights, so the power falls with the square
/// of the frequency. Every sample has mean 0 and variance 1, as normalised images have about.
/// </remarks>
internal static class NoiseImages
{
    /// <summary>Creates images or clips.</summary>
    /// <param name="count">The number of samples.</param>
    /// <param name="sample">The sizes of one sample, (C, H, W) or (C, T, H, W).</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The samples, (count, C, H, W) or (count, C, T, H, W), Float32.</returns>
    public static TensorData Of(int count, ReadOnlySpan<long> sample, ulong seed)
    {
        using var scope = NewDisposeScope();
        long[] sizes = [count, .. sample];
        var sum = zeros(sizes); // (N, C, H, W)
        for (var scale = 1; scale <= sizes[^1]; scale *= 2)
        {
            long[] coarse = [.. sizes.Take(2), .. sizes.Skip(2).Select(size => Math.Max(1, size / scale))];
            var numbers = new float[coarse.Aggregate(1L, (a, b) => a * b)];
            new RandomStream(seed, "noise-images", item: scale).FillGaussian(numbers);
            var noise = tensor(numbers, coarse);
            sum = sum + (scale == 1 ? noise : Enlarged(noise, sizes));
        }

        var flat = sum.flatten(1); // (N, C·H·W)
        return ((flat - flat.mean([1L], keepdim: true)) / flat.std([1L], unbiased: true, keepdim: true)).reshape(sizes).ToData();
    }

    // To the sizes of an image or a clip, smoothly.
    private static Tensor Enlarged(Tensor noise, long[] sizes) =>
        nn.functional.interpolate(
            noise,
            size: sizes[2..],
            mode: sizes.Length == 5 ? InterpolationMode.Trilinear : InterpolationMode.Bilinear,
            align_corners: false
        );
}
