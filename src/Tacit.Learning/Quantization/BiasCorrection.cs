using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Execution;
using Tacit.Learning.Execution.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Removes from each bias the mean error that rounding the weights of its layer causes on samples.</summary>
/// <remarks>
/// The result of a layer with rounded weights W + E is off by E · x. Its mean over the samples, E · mean(x), is constant, so the bias can
/// take it back (Nagel et al., "Data-Free Quantization through Weight Equalization and Bias Correction", ICCV 2019, section 4.2). It is
/// large where a layer subtracts almost equal numbers, as depth-wise edge filters do. Fine-tuning does the same and more, so only networks
/// that are not fine-tuned are corrected.
/// </remarks>
internal static class BiasCorrection
{
    /// <summary>Returns the quantised network with corrected biases. Layers without a bias or a batch norm stay as they are.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static Model Apply(Model teacher, Model student, TensorData samples, Device device, CancellationToken cancellation)
    {
        var graph = student.Graph;
        var layers = FakeQuantizationInsertion
            .Layers(graph)
            .Select(layer =>
                (Layer: layer, Float: teacher.Graph.Producer(layer.Output)!, Quantizer: Quantizer.Of(graph.Producer(layer.Inputs[1])))
            )
            .Where(layer => layer.Quantizer is not null && IsCorrectable(layer.Layer, student))
            .ToList();
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var means = Means(teacher, [.. layers.Select(layer => layer.Float)], samples, device, cancellation);
        var corrected = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var (layer, original, quantizer) in layers)
        {
            using var step = NewDisposeScope();
            var weight = teacher.Weights[original.Inputs[1]].ToTensor(device);
            if (means[original.Inputs[0]].numel() != Channels(layer, weight))
            {
                continue; // a batch of fixed size was merged into other axes
            }

            var error = FakeQuantize.Apply(weight, null, null, quantizer!) - weight;
            var shift = Shift(layer, error, means[original.Inputs[0]]) * Factors(layer, student, device); // (O)
            var bias = Bias(layer, graph)!;
            var values = student.Weights[bias].ToTensor(device);
            corrected[bias] = (values - shift.reshape(values.shape)).ToData();
        }

        return new Model(graph, student.Weights.With(corrected), student.Metadata);
    }

    // The mean of each channel of the inputs of layers, (C).
    private static Dictionary<string, Tensor> Means(
        Model teacher,
        IReadOnlyList<Node> layers,
        TensorData samples,
        Device device,
        CancellationToken cancellation
    )
    {
        using var weights = TorchWeights.From(teacher, device, trainable: false);
        var module = new GraphModule(teacher);
        string[] inputs = [.. layers.Select(layer => layer.Inputs[0]).Distinct()];
        var means = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var part in EvaluationBatches.Of(samples))
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = NewDisposeScope();
            var activations = module.Run(weights, part.ToTensor(device), taps: inputs);
            foreach (var input in inputs)
            {
                if (activations[input].dim() < 2)
                {
                    means[input] = zeros([0], device: device).MoveToOuterDisposeScope();
                    continue;
                }

                var mean = activations[input].transpose(0, 1).flatten(1).mean([1L]) * ((double)part.Sizes[0] / samples.Sizes[0]);
                means[input] = (means.TryGetValue(input, out var sum) ? sum + mean : mean).MoveToOuterDisposeScope();
            }
        }

        return means;
    }

    private static long Channels(Node layer, Tensor weight) =>
        layer.Operator == "Conv" ? weight.shape[1] * layer.Attributes.Int("group", 1)
        : layer.Attributes.Int("transB") != 0 ? weight.shape[1]
        : weight.shape[0];

    // The mean error of each result, (O): the errors of the weights times the means of the channels that they read.
    private static Tensor Shift(Node layer, Tensor error, Tensor means)
    {
        if (layer.Operator != "Conv")
        {
            return layer.Attributes.Int("transB") != 0 ? error.matmul(means) : error.t().matmul(means);
        }

        var groups = layer.Attributes.Int("group", 1);
        var ofGroups = error.flatten(2).sum(2).reshape(groups, error.shape[0] / groups, error.shape[1]); // (G, O / G, C / G)
        return ofGroups.matmul(means.reshape(groups, error.shape[1], 1)).flatten();
    }

    // By what the result of a layer is multiplied before the bias is added, relative to the factor of the bias: (O) or a scalar.
    private static Tensor Factors(Node layer, Model student, Device device)
    {
        if (Norm(layer, student.Graph) is { } norm)
        {
            var (gamma, variance) = (student.Weights[norm.Inputs[1]].ToTensor(device), student.Weights[norm.Inputs[4]].ToTensor(device));
            return gamma / (variance + norm.Attributes.Float("epsilon", 1e-5f)).sqrt();
        }

        return layer.Operator == "Gemm" ? layer.Attributes.Float("alpha", 1) / layer.Attributes.Float("beta", 1) : 1f;
    }

    // The bias belongs to this layer alone, with a number for each output.
    private static bool IsCorrectable(Node layer, Model student)
    {
        var graph = student.Graph;
        return Bias(layer, graph) is { } bias
            && graph.IsInitializer(bias)
            && graph.Nodes.Sum(node => node.Inputs.Count(input => input == bias)) == 1
            && layer.Attributes.Int("transA") == 0
            && layer.Attributes.Float("beta", 1) != 0
            && student.Weights[graph.Producer(layer.Inputs[1])!.Inputs[0]] is var weight
            && student.Weights[bias].Count == weight.Sizes[Quantizer.Of(graph.Producer(layer.Inputs[1]))!.Axis!.Value];
    }

    // The bias of a layer, or the shift of the batch norm behind it.
    private static string? Bias(Node layer, Graph graph) =>
        layer.Operator == "MatMul" ? null
        : Norm(layer, graph) is { } norm ? norm.Inputs[2]
        : layer.InputOrNull(2);

    // The batch norm that is folded into a convolution.
    private static Node? Norm(Node layer, Graph graph) =>
        layer.Operator == "Conv"
        && !graph.IsOutput(layer.Output)
        && graph.Consumers(layer.Output) is [{ Operator: "BatchNormalization" } norm]
            ? norm
            : null;
}
