using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Inference.Contracts;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>What synthesis and distillation need a network to be: one input, one output of vectors, which are logits or features.</summary>
internal static class VectorNetwork
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

        var contract = NetworkContract.Of(model);
        var input = contract.Inputs[0];
        if (input.Value.Type.Element != ElementType.Float32 || input.Shape.Rank < 3)
        {
            throw new UnsuitableModelException(
                $"the input {input.Value.Name} is {input.Value.Type}; Float32 images N x C x H x W and clips N x C x T x H x W are supported"
            );
        }

        if (input.Shape.Skip(1).FirstOrDefault(size => !size.IsKnown) is { Symbol: not null } unknown)
        {
            throw new UnsuitableModelException(
                $"the input {input.Value.Name} is {input.Shape}: the size {unknown} is not known; give the shape of the input (parameter 'inputs'), such as {(input is ClipInput ? "Nx3x16x112x112" : "Nx3x32x32")}"
            );
        }

        var output = graph.Outputs[0] with { Type = ShapeInference.Infer(model)[graph.Outputs[0].Name] };
        return NetworkOutput.Of(output, contract.Batch) is VectorOutput { Length: { } length }
            ? ([.. input.Shape.Skip(1).Select(size => size.Size)], length)
            : throw new UnsuitableModelException(
                $"the output {output.Name} is {output.Type.Shape}; a classifier's N x classes and an encoder's N x features are supported"
            );
    }
}
