using Tacit.Graphs;
using Tacit.Inference.Contracts;

namespace Tacit.Learning.Execution;

/// <summary>Determines the sizes of the samples that a network takes.</summary>
internal static class SampleShape
{
    /// <summary>Returns the sizes of one sample, (C, [T,] H, W).</summary>
    /// <param name="model">A network with one input, whose sizes except the batch size are known.</param>
    /// <exception cref="UnsuitableModelException">The network has several inputs or takes no samples of numbers, or a size is not known.</exception>
    public static long[] Of(Model model)
    {
        var graph = model.Graph;
        if (graph.Inputs.Length != 1)
        {
            throw new UnsuitableModelException(
                $"the network has {graph.Inputs.Length} inputs ({string.Join(", ", graph.Inputs.Select(input => input.Name))}); one is supported"
            );
        }

        var input = NetworkContract.Of(model).Inputs[0];
        if (input.Value.Type.Element != ElementType.Float32 || input.Shape.Rank < 3)
        {
            throw new UnsuitableModelException(
                $"the input {input.Value.Name} is {input.Value.Type}; Float32 images N x C x H x W and clips N x C x T x H x W are supported"
            );
        }

        return input.Shape.Skip(1).FirstOrDefault(size => !size.IsKnown) is { Symbol: not null } unknown
            ? throw new UnsuitableModelException(
                $"the input {input.Value.Name} is {input.Shape}: the size {unknown} is not known; give the shape of the input (parameter 'inputs'), such as {(input is ClipInput ? "Nx3x16x112x112" : "Nx3x32x32")}"
            )
            : [.. input.Shape.Skip(1).Select(size => size.Size)];
    }
}
