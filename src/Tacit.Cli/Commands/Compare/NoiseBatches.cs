using Tacit.Graphs;
using Tacit.Learning.Optimization;

namespace Tacit.Cli.Commands.Compare;

/// <summary>Creates samples of Gaussian noise, on which networks are compared.</summary>
internal static class NoiseBatches
{
    /// <summary>Creates batches for an input.</summary>
    /// <param name="input">The input. All sizes but the batch size are known.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="batch">The largest number of samples in a batch.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Batches of shape (batch, ...), Float32, with mean 0 and variance 1.</returns>
    /// <exception cref="UnsuitableModelException">The input is not a floating-point tensor, or one of its sizes is not known.</exception>
    public static IEnumerable<TensorData> Of(Value input, int samples, int batch, ulong seed)
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
                var count = Math.Min(batch, samples - (index * batch));
                long[] sizes = [count, .. shape.Skip(1).Select(size => size.Size)];
                var numbers = new float[sizes.Aggregate(1L, (a, b) => a * b)];
                new RandomStream(seed, "noise", item: index).FillGaussian(numbers);
                return TensorData.Of<float>(numbers, sizes);
            });
    }
}
