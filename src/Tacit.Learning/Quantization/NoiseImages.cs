using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Random images with the spectrum of natural ones, for networks of whose data nothing at all is known.</summary>
/// <remarks>
/// Gaussian noise at 1, 1/2, 1/4, … of the resolution, scaled up and added with equal weights: the power falls with the square of
/// the frequency, as in photographs. Mean 0 and variance 1 of every sample, as normalised images have.
/// </remarks>
internal static class NoiseImages
{
    /// <summary>So many images of the given sizes, (count, C, H, W).</summary>
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
