using Tacit.Graphs;

namespace Tacit.Learning.Execution;

/// <summary>Samples in parts of which a network's every activation can be held at once.</summary>
internal static class EvaluationBatches
{
    // 128 images of CIFAR's size; fewer where they are larger.
    private const long Elements = 128L * 3 * 32 * 32;

    /// <summary>The parts, in order.</summary>
    /// <param name="samples">(N, ...), Float32.</param>
    public static IEnumerable<TensorData> Of(TensorData samples)
    {
        var sampleSize = (int)(samples.Count / samples.Sizes[0]);
        var size = (int)Math.Clamp(Elements / sampleSize, 1, 128);
        for (var first = 0; first < samples.Sizes[0]; first += size)
        {
            yield return samples.Rows(first, (int)Math.Min(size, samples.Sizes[0] - first));
        }
    }
}
