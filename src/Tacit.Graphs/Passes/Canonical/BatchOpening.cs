using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Makes the batch size of a network variable if its file fixes it, and applies requested input shapes.</summary>
/// <remarks>
/// <para>Exporters fix the batch size to that of their example input, usually 1, by default.</para>
/// <para>
/// The opened network computes for any number of batches what the file computes for one after the other. At a batch of 1, each sample
/// is a batch, so every operator can be opened if it can be told to leave one more axis alone. At a larger batch, the pass also proves
/// that samples do not affect each other.
/// </para>
/// <para>
/// Every value that depends on the data gets one of two forms; see <see cref="BatchOpeningPass"/>. Its shape is inferred with a symbol,
/// N, and must be the one that the form asks for. If a node fits neither form, the network keeps its fixed batch size.
/// </para>
/// <para>
/// An output without a batch axis, such as 10 numbers behind a Squeeze, gets one: N x 10. The others keep their shapes at the batch
/// size of the file.
/// </para>
/// </remarks>
/// <param name="inputs">
/// Shapes that replace the declared ones, by the name of the input. Their first sizes are ignored. Null replaces none.
/// </param>
public sealed class BatchOpening(IReadOnlyDictionary<string, Shape>? inputs = null)
{
    /// <summary>Returns the network with a variable batch size, or with its fixed one if it mixes samples or may do so.</summary>
    /// <param name="model">The network. One whose batch size is already variable only gets the requested shapes.</param>
    /// <returns>A network with the symbol N as the first size of its inputs and outputs, if the proof succeeded.</returns>
    /// <exception cref="UnsuitableModelException">
    /// A requested shape differs in rank from that of the input, or shapes do not fit.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sized = new Model(
            new Graph(
                model.Graph.Name,
                model.Graph.Inputs.Select(input => input with { Type = input.Type with { Shape = Sized(input) } }),
                model.Graph.Initializers.Values,
                model.Graph.Nodes,
                model.Graph.Outputs
            ),
            model.Weights,
            model.Metadata
        );
        return FixedBatch.Of(sized.Graph.Inputs) is { } batch and > 0 ? new BatchOpeningPass(sized, batch).Run() ?? sized : sized;
    }

    private Shape Sized(Value input)
    {
        var shape = input.Type.Shape;
        return inputs?.GetValueOrDefault(input.Name) is not { } asked ? shape
            : asked.Rank == shape.Rank ? new Shape([shape[0], .. asked.Skip(1)])
            : throw new UnsuitableModelException($"the input {input.Name} is {shape}; {asked} has another number of dimensions");
    }
}
