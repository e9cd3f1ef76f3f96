using Tacit.Graphs;
using Tacit.Graphs.Operators;

namespace Tacit.Learning.Quantization;

/// <summary>What synthesis and distillation need a network to be: one input, one output of logits or features.</summary>
internal static class Classifier
{
    /// <summary>The value that holds the logits: the output, or what a softmax at the end is given; of an encoder the features.</summary>
    public static string Logits(Graph graph)
    {
        var value = graph.Outputs[0].Name;
        while (graph.Producer(value) is { Operator: "Softmax" } softmax)
        {
            value = softmax.Inputs[0];
        }

        return value;
    }

    /// <summary>Logits as (N, classes), also where a network fixed to one sample gives them without the batch.</summary>
    public static TorchSharp.torch.Tensor Rows(TorchSharp.torch.Tensor logits) => logits.dim() == 1 ? logits.unsqueeze(0) : logits;

    /// <summary>The sizes of one sample (C, [T,] H, W), and the number of classes or features.</summary>
    /// <exception cref="UnsuitableModelException">The network gives no vectors, or a size is not known.</exception>
    public static (long[] Sample, int Classes) Sizes(Model model)
    {
        var graph = model.Graph;
        if (graph.Inputs.Length != 1)
        {
            throw new UnsuitableModelException(
                $"the network has {graph.Inputs.Length} inputs ({string.Join(", ", graph.Inputs.Select(input => input.Name))}); one is supported"
            );
        }

        if (graph.Outputs.Length != 1)
        {
            throw new UnsuitableModelException(
                $"the network has {graph.Outputs.Length} outputs ({string.Join(", ", graph.Outputs.Select(output => output.Name))}); one is supported"
            );
        }

        var input = graph.Inputs[0];
        if (input.Type.Element != ElementType.Float32 || input.Type.Shape.Rank < 3)
        {
            throw new UnsuitableModelException(
                $"the input {input.Name} is {input.Type}; Float32 images N x C x H x W and clips N x C x T x H x W are supported"
            );
        }

        if (input.Type.Shape.Skip(1).FirstOrDefault(size => !size.IsKnown) is { Symbol: not null } unknown)
        {
            throw new UnsuitableModelException(
                $"the input {input.Name} is {input.Type.Shape}: the size {unknown} is not known; give it with --input-shape, as in --input-shape {(input.Type.Shape.Rank == 5 ? "Nx3x16x112x112" : "Nx3x32x32")}"
            );
        }

        var output = ShapeInference.Infer(model)[graph.Outputs[0].Name].Shape;

        // A network fixed to one sample may leave out the batch.
        var rows = output.Rank == 1 && FixedBatch.Of(graph) == 1 ? new Shape(1, output[0]) : output;
        return rows.Rank == 2 && rows[1].IsKnown && (FixedBatch.Of(graph) is not { } batch || rows[0] == batch)
            ? ([.. input.Type.Shape.Skip(1).Select(size => size.Size)], (int)rows[1].Size)
            : throw new UnsuitableModelException(
                $"the output {graph.Outputs[0].Name} is {output}; a classifier's N x classes and an encoder's N x features are supported"
            );
    }

    /// <summary>What samples of a network are called.</summary>
    /// <param name="sample">The sizes of one, (C, [T,] H, W).</param>
    public static string Samples(ReadOnlySpan<long> sample) => sample.Length == 4 ? "clips" : "images";
}
