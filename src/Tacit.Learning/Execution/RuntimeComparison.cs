using Tacit.Graphs;
using Tacit.Inference.Sessions;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Compares a network as it was trained, in TorchSharp, with a file of it in ONNX Runtime.</summary>
public sealed class RuntimeComparison : IDisposable
{
    private readonly GraphModule _module;
    private readonly TorchWeights _weights;
    private readonly OnnxSession _session;
    private readonly string _output;

    /// <summary>A comparison of first outputs.</summary>
    /// <param name="model">The network; it runs in evaluation mode.</param>
    /// <param name="session">A file of it.</param>
    public RuntimeComparison(Model model, OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(session);
        (_module, _session, _output) = (new GraphModule(model), session, model.Graph.Outputs[0].Name);
        _weights = TorchWeights.From(model, CPU, trainable: false);
    }

    /// <summary>The largest difference between two numbers, as a share of the larger of 1 and the network's own number.</summary>
    /// <param name="batch">What both are given, (N, ...), Float32.</param>
    /// <returns>0 where nothing differs; infinity where a number is not finite.</returns>
    /// <exception cref="UnsuitableModelException">The file cannot run on the batch, or gives another number of outputs.</exception>
    public double LargestDifference(TensorData batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var noGradient = no_grad();
        using var input = batch.ToTensor();
        using var activations = _module.Run(_weights, input);
        var expected = activations[_output].ToData().As<float>();
        var actual = _session.Run(batch.As<float>().ToArray(), [.. batch.Sizes]);
        if (actual.Length != expected.Length)
        {
            throw new UnsuitableModelException(
                $"{_session.Name} gives {actual.Length} numbers for a batch of {batch.Shape}, the network {expected.Length}"
            )
            {
                Path = _session.Name,
            };
        }

        var largest = 0.0;
        for (var i = 0; i < actual.Length; i++)
        {
            var difference = Math.Abs(actual[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
            largest = float.IsFinite(difference) ? Math.Max(largest, difference) : double.PositiveInfinity;
        }

        return largest;
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
