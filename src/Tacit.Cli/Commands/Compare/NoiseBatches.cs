using Tacit.Graphs;
using Tacit.Learning.Optimization;

namespace Tacit.Cli.Commands.Compare;

/// <summary>Creates samples of Gaussian noise, on which networks are compared.</summary>
internal static class NoiseBatches
{
    /// <summary>Creates batches for an input.</summary>
    /// <param name="input">The input. All sizes but the batch size are known.</param>
    /// <param name="samples">The number of samples. It is rounded up to whole batches if the batch size is fixed.</param>
    /// <param name="batch">The number of samples in a batch.</param>
    /// <param name="isFixed">Whether every batch must be full.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Batches of shape (batch, ...), Float32, with mean 0 and variance 1.</returns>
    /// <exception cref="UnsuitableModelException">The input is not a floating-point tensor, or one of its sizes is not known.</exception>
    public static IEnumerable<TensorData> Of(Value input, int samples, int batch, bool isFixed, ulong seed)
    {
        var shape = input.Type.Shape;
        if (!input.Type.Element.IsFloatingPoint() || shape.Rank == 0)
        {
            throw new UnsuitableModelException($"the input {input} is not a floating-point tensor, so noise cannot be given to it");
        }

        if (shape.Skip(1).Any(size => !size.IsKnown))
        {
            throw new UnsuitableModelException($"the input {input.Name} is {shape}: one of its sizes is not known");
        }

        return Enumerable
            .Range(0, (samples + batch - 1) / batch)
            .Select(index =>
            {
                var count = isFixed ? batch : Math.Min(batch, samples - (index * batch));
                long[] sizes = [count, .. shape.Skip(1).Select(size => size.Size)];
                var numbers = new float[sizes.Aggregate(1L, (a, b) => a * b)];
                new RandomStream(seed, "noise", item: index).FillGaussian(numbers);
                return TensorData.Of<float>(numbers, sizes);
            });
    }
}
