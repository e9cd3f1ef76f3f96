using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>What networks give for samples, as numbers one after the other.</summary>
internal static class NetworkOutputs
{
    /// <summary>The output of a file in ONNX Runtime.</summary>
    /// <param name="session">The file.</param>
    /// <param name="batches">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <param name="layout">The order of axes that the file takes.</param>
    public static float[] InRuntime(OnnxSession session, IEnumerable<TensorData> batches, ImageLayout layout) =>
        [
            .. batches
                .Select(batch => InLayout(batch, layout))
                .SelectMany(batch => session.Run(batch.As<float>().ToArray(), [.. batch.Sizes])),
        ];

    /// <summary>The output of a file in ONNX Runtime.</summary>
    /// <param name="onnx">The bytes of the file.</param>
    /// <param name="samples">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <param name="layout">The order of axes that the file takes.</param>
    public static float[] InRuntime(byte[] onnx, TensorData samples, ImageLayout layout)
    {
        using var session = OnnxSession.Open(onnx);
        return InRuntime(session, EvaluationBatches.Of(samples), layout);
    }

    /// <summary>The output of a network in TorchSharp.</summary>
    /// <param name="model">A network of one output.</param>
    /// <param name="samples">Samples with the channels first, (N, C, ...), Float32.</param>
    /// <param name="device">The device to compute on.</param>
    public static float[] InTorch(Model model, TensorData samples, Device device) =>
        InTorch(model, model.Graph.Outputs[0].Name, EvaluationBatches.Of(samples), device);

    /// <summary>A value of a network in TorchSharp.</summary>
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

    /// <summary>Samples with the channels first in the order of axes that a file takes.</summary>
    public static TensorData InLayout(TensorData batch, ImageLayout layout) =>
        layout == ImageLayout.ChannelsLast ? batch.Transpose([0, .. Enumerable.Range(2, batch.Sizes.Length - 2), 1]) : batch;
}
