using Tacit.Graphs;
using Tacit.Graphs.Operators;

namespace Tacit.Learning.Execution;

/// <summary>The memory that one sample takes in a step of training.</summary>
/// <param name="BytesPerSample">What the step holds for one sample, about.</param>
internal sealed record ActivationMemory(long BytesPerSample)
{
    // Measured: the growth of the working set with the batch, over the bytes of all results of the graph's nodes.
    private const double HeldInSynthesis = 2;
    private const double HeldInFineTuning = 3;

    /// <summary>Of a step of synthesis from a float network.</summary>
    public static ActivationMemory OfSynthesis(Model model) => new((long)(HeldInSynthesis * ResultBytes(model)));

    /// <summary>Of a step of fine-tuning, which computes the network with quantisers and the float one.</summary>
    /// <param name="student">The network with FakeQuantize nodes.</param>
    public static ActivationMemory OfFineTuning(Model student) => new((long)(HeldInFineTuning * ResultBytes(student)));

    /// <summary>The largest batch, at most the given one and at least 2, whose step stays within a limit.</summary>
    public int Fit(int batch, long limit) => (int)Math.Clamp(limit / Math.Max(1, BytesPerSample), Math.Min(2, batch), batch);

    private static long ResultBytes(Model model)
    {
        var batch = FixedBatch.Of(model.Graph.Inputs) ?? 1;
        var inputs = model.Graph.Inputs.ToDictionary(
            input => input.Name,
            input => new Shape([batch, .. input.Type.Shape.Skip(1)]),
            StringComparer.Ordinal
        );
        var types = ShapeInference.Infer(model, inputs);
        return model
                .Graph.Nodes.SelectMany(node => node.Outputs)
                .Select(output => types[output])
                .Where(type => type.Element.IsFloatingPoint() && type.Shape.All(size => size.IsKnown))
                .Sum(type => type.Element.Bytes(type.Shape.ElementCount)) / Math.Max(1, batch);
    }
}
