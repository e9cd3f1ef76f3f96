using Tacit.Graphs;

namespace Tacit.Learning.Execution;

/// <summary>Splits samples into batches that are small enough to keep all activations of a network in memory.</summary>
/// <remarks>A batch has at most 128 samples and 393,216 elements, the size of 128 images of 3 x 32 x 32, but at least one sample.</remarks>
internal static class EvaluationBatches
{
    /// <summary>The largest number of elements of a batch: 128 images of 3 x 32 x 32.</summary>
    private const long Elements = 128L * 3 * 32 * 32;

    /// <summary>Returns the batches in order. The last one may be smaller.</summary>
    /// <param name="samples">The samples (N, ...), Float32, with N of at least 1.</param>
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
