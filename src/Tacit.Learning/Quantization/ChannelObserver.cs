using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Observes the channels of values of the float network, for <see cref="CrossLayerEqualization"/> and <see cref="BiasCorrection"/>.</summary>
internal static class ChannelObserver
{
    /// <summary>Runs the float network once over the samples.</summary>
    /// <param name="model">The float network.</param>
    /// <param name="values">The names of the values, (N, C, ...). A value without channels gets no entry.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The channels of each value.</returns>
    public static IReadOnlyDictionary<string, ImmutableArray<ChannelStatistics>> Observe(
        Model model,
        ImmutableArray<string> values,
        TensorData samples,
        Device device,
        CancellationToken cancellation
    )
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var weights = TorchWeights.From(model, device, trainable: false);
        var module = new GraphModule(model);
        var seen = new Dictionary<string, (Tensor Largest, Tensor Sum, Tensor Squares)>(StringComparer.Ordinal); // (C) each
        foreach (var part in values.IsEmpty ? [] : EvaluationBatches.Of(samples))
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = NewDisposeScope();
            var share = (double)part.Sizes[0] / samples.Sizes[0];
            var activations = module.Run(weights, part.ToTensor(device), taps: values);
            foreach (var value in values.Where(value => activations[value].dim() > 1))
            {
                var channels = activations[value].transpose(0, 1).flatten(1); // (C, N · H · W)
                var (largest, sum, squares) = (
                    channels.abs().amax([1L]),
                    channels.mean([1L]) * share,
                    channels.square().mean([1L]) * share
                );
                if (seen.TryGetValue(value, out var before))
                {
                    (largest, sum, squares) = (before.Largest.maximum(largest), before.Sum + sum, before.Squares + squares);
                }

                seen[value] = (largest.MoveToOuterDisposeScope(), sum.MoveToOuterDisposeScope(), squares.MoveToOuterDisposeScope());
            }
        }

        return seen.ToDictionary(pair => pair.Key, pair => Statistics(pair.Value), StringComparer.Ordinal);
    }

    private static ImmutableArray<ChannelStatistics> Statistics((Tensor Largest, Tensor Mean, Tensor MeanSquare) observed)
    {
        var (largest, means, squares) = (Numbers(observed.Largest), Numbers(observed.Mean), Numbers(observed.MeanSquare));
        return [.. largest.Select((magnitude, channel) => new ChannelStatistics(magnitude, means[channel], squares[channel]))];

        static float[] Numbers(Tensor tensor) => tensor.ToData().As<float>().ToArray();
    }
}
