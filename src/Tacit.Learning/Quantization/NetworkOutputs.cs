using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Computes the outputs of networks for samples, as numbers one sample after the other.</summary>
internal static class NetworkOutputs
{
    /// <summary>Computes the output of a file in ONNX Runtime, a batch at a time.</summary>
    /// <param name="session">The open file.</param>
    /// <param name="batches">Samples with the channels first, (N, C, ...) each, Float32.</param>
    /// <param name="layout">The order of the axes in the file.</param>
    public static float[] InRuntime(OnnxSession session, IEnumerable<TensorData> batches, ImageLayout layout) =>
        [
            .. batches
                .Select(batch => InLayout(batch, layout))
                .SelectMany(batch => session.Run(batch.As<float>().ToArray(), [.. batch.Sizes])),
        ];

    /// <summary>Computes the output of a file in ONNX Runtime.</summary>
    /// <param name="onnx">The bytes of the file.</param>
    /// <param name="samples">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <param name="layout">The order of the axes in the file.</param>
    public static float[] InRuntime(byte[] onnx, TensorData samples, ImageLayout layout)
    {
        using var session = OnnxSession.Open(onnx);
        return InRuntime(session, EvaluationBatches.Of(samples), layout);
    }

    /// <summary>Computes the output of a network in TorchSharp, in evaluation mode.</summary>
    /// <param name="model">A network of one output.</param>
    /// <param name="samples">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <param name="device">The device to compute on.</param>
    public static float[] InTorch(Model model, TensorData samples, Device device) =>
        InTorch(model, model.Graph.Outputs[0].Name, EvaluationBatches.Of(samples), device);

    /// <summary>Computes one value of a network in TorchSharp, in evaluation mode, a batch at a time.</summary>
    /// <param name="model">A network of one input.</param>
    /// <param name="value">The name of the value.</param>
    /// <param name="batches">Samples with the channels first, (N, C, ...) each, Float32.</param>
    /// <param name="device">The device to compute on.</param>
    public static float[] InTorch(Model model, string value, IEnumerable<TensorData> batches, Device device)
    {
        var module = new GraphModule(model);
        using var gradients = no_grad();
        using var weights = TorchWeights.From(model, device, trainable: false);
        return
        [
            .. batches.SelectMany(batch =>
            {
                using var input = batch.ToTensor(device);
                using var activations = module.Run(weights, input, taps: [value]);
                return activations[value].ToData().As<float>().ToArray();
            }),
        ];
    }

    /// <summary>Returns samples with their axes in the order of a file.</summary>
    /// <param name="batch">Samples with the channels first, (N, C, ...).</param>
    /// <param name="layout">The order of the axes in the file.</param>
    public static TensorData InLayout(TensorData batch, ImageLayout layout) =>
        layout == ImageLayout.ChannelsLast ? batch.Transpose([0, .. Enumerable.Range(2, batch.Sizes.Length - 2), 1]) : batch;
}
