using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Computes the outputs of a network for batches of samples, in ONNX Runtime or in TorchSharp.</summary>
/// <remarks>Outputs are Float32 tensors, and Int64 tensors for whole numbers.</remarks>
internal static class NetworkOutputs
{
    /// <summary>Computes all outputs of a file in ONNX Runtime.</summary>
    /// <param name="session">The open file.</param>
    /// <param name="batch">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <param name="layout">The order of the axes in the file.</param>
    /// <returns>The outputs by name.</returns>
    public static IReadOnlyDictionary<string, TensorData> InRuntime(OnnxSession session, TensorData batch, ImageLayout layout) =>
        session.RunAll(InLayout(batch, layout));

    /// <summary>Computes all outputs of a network in TorchSharp, in evaluation mode.</summary>
    /// <param name="module">A network of one input.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="batch">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <returns>The outputs by name.</returns>
    public static IReadOnlyDictionary<string, TensorData> InTorch(GraphModule module, TorchWeights weights, TensorData batch)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var activations = module.Run(weights, batch.ToTensor(weights.Device));
        return module.Graph.Outputs.ToDictionary(
            output => output.Name,
            output => Numbers(activations[output.Name]),
            StringComparer.Ordinal
        );

        static TensorData Numbers(Tensor value) => value.to(value.is_floating_point() ? ScalarType.Float32 : ScalarType.Int64).ToData();
    }

    /// <summary>Returns samples with their axes in the order of a file.</summary>
    /// <param name="batch">Samples with the channels first, (N, C, ...).</param>
    /// <param name="layout">The order of the axes in the file.</param>
    public static TensorData InLayout(TensorData batch, ImageLayout layout) =>
        layout == ImageLayout.ChannelsLast ? batch.Transpose([0, .. Enumerable.Range(2, batch.Sizes.Length - 2), 1]) : batch;
}
