using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Observes the channels of the float network on samples, and balances them (<see cref="CrossLayerEqualization"/>).</summary>
internal static class ChannelBalance
{
    /// <summary>Returns the float network with balanced channels. It computes the same function.</summary>
    /// <param name="model">The float network.</param>
    /// <param name="bits">The bits of weights and activations.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static Model Apply(Model model, BitWidths bits, TensorData samples, Device device, CancellationToken cancellation)
    {
        var values = CrossLayerEqualization.Values(model);
        if (values.IsEmpty)
        {
            return model;
        }

        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var weights = TorchWeights.From(model, device, trainable: false);
        var module = new GraphModule(model);
        var largest = new Dictionary<string, Tensor>(StringComparer.Ordinal); // (C)
        var squares = new Dictionary<string, Tensor>(StringComparer.Ordinal); // (C), sums over the batches
        foreach (var part in EvaluationBatches.Of(samples))
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = NewDisposeScope();
            var activations = module.Run(weights, part.ToTensor(device), taps: values);
            foreach (var value in values.Where(value => activations[value].dim() > 1))
            {
                var channels = activations[value].transpose(0, 1).flatten(1); // (C, N · H · W)
                var most = channels.abs().amax([1L]);
                var square = channels.square().mean([1L]) * part.Sizes[0];
                largest[value] = (largest.TryGetValue(value, out var before) ? before.maximum(most) : most).MoveToOuterDisposeScope();
                squares[value] = (squares.TryGetValue(value, out var sum) ? sum + square : square).MoveToOuterDisposeScope();
            }
        }

        return CrossLayerEqualization.Apply(model, values.Where(largest.ContainsKey).ToDictionary(value => value, Sizes), bits);

        ImmutableArray<ChannelSize> Sizes(string value)
        {
            var (most, square) = (largest[value].ToData().As<float>().ToArray(), squares[value].ToData().As<float>().ToArray());
            return [.. most.Zip(square, (magnitude, sum) => new ChannelSize(magnitude, sum / samples.Sizes[0]))];
        }
    }
}
