using Tacit.Graphs;
using Tacit.Inference.Sessions;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Compares the results of a network in TorchSharp with those of its file in ONNX Runtime.</summary>
/// <remarks>Use it after an export, to verify that the file computes what was trained.</remarks>
public sealed class RuntimeComparison : IDisposable
{
    private readonly GraphModule _module;
    private readonly TorchWeights _weights;
    private readonly OnnxSession _session;
    private readonly string _output;

    /// <summary>Prepares a comparison of the first outputs.</summary>
    /// <param name="model">The network. It runs on the CPU in evaluation mode.</param>
    /// <param name="session">A session of its file. The caller disposes it.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator that cannot be executed.</exception>
    public RuntimeComparison(Model model, OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(session);
        (_module, _session, _output) = (new GraphModule(model), session, model.Graph.Outputs[0].Name);
        _weights = TorchWeights.From(model, CPU, trainable: false);
    }

    /// <summary>Returns the largest difference between two corresponding elements: max |a - e| / max(1, |e|).</summary>
    /// <remarks>
    /// e is the result of TorchSharp, a that of ONNX Runtime. The difference is absolute for small values and relative for large ones.
    /// </remarks>
    /// <param name="batch">The input of both, (N, ...), Float32.</param>
    /// <returns>0 if all elements are equal; infinity if a difference is not a finite number.</returns>
    /// <exception cref="UnsuitableModelException">
    /// The file cannot run on the batch, or its output has another number of elements.
    /// </exception>
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
