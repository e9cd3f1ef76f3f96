using Tacit.Graphs;
using Tacit.Inference.Sessions;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Compares a network as it was trained, in TorchSharp, with a file of it in ONNX Runtime.</summary>
public static class RuntimeComparison
{
    /// <summary>The largest difference between two numbers of the first outputs, as a share of the larger of 1 and the network's own number.</summary>
    /// <param name="model">The network, in evaluation mode.</param>
    /// <param name="session">A file of it.</param>
    /// <param name="batches">What both are given, each (N, ...), Float32.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>0 where nothing differs; infinity where a number is not finite.</returns>
    /// <exception cref="UnsuitableModelException">The file cannot run on a batch, or gives another number of outputs.</exception>
    public static double LargestDifference(Model model, OnnxSession session, IEnumerable<TensorData> batches, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(batches);
        var module = new GraphModule(model);
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var noGradient = no_grad();
        var largest = 0.0;
        foreach (var batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using var input = batch.ToTensor();
            using var activations = module.Run(weights, input);
            var expected = activations[model.Graph.Outputs[0].Name].ToData().As<float>();
            var actual = session.Run(batch.As<float>().ToArray(), [.. batch.Sizes]);
            if (actual.Length != expected.Length)
            {
                throw new UnsuitableModelException($"{session.Name} gives {actual.Length} numbers for a batch of {batch.Shape}, the network {expected.Length}") { Path = session.Name };
            }

            for (var i = 0; i < actual.Length; i++)
            {
                var difference = Math.Abs(actual[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
                largest = float.IsFinite(difference) ? Math.Max(largest, difference) : double.PositiveInfinity;
            }
        }

        return largest;
    }
}
