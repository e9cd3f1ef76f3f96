using Tacit.Graphs;

namespace Tacit.Inference.Contracts;

/// <summary>Base class of the outputs of a network. The derived type states the kind of output.</summary>
/// <param name="Value">The output as the file declares it.</param>
public abstract record NetworkOutput(Value Value)
{
    /// <summary>Returns the kind of an output.</summary>
    /// <param name="value">The output as the file declares it.</param>
    /// <param name="batch">The batch size to which the network is fixed; null if it accepts any.</param>
    public static NetworkOutput Of(Value value, long? batch)
    {
        ArgumentNullException.ThrowIfNull(value);
        var shape = value.Type.Shape;

        // Heads of convolutions give N x D x 1 x 1. A network that is fixed to one sample may omit the batch axis.
        var isVector =
            shape.Rank >= 2
                ? (batch is not { } fixedTo || !shape[0].IsKnown || shape[0] == fixedTo) && shape.Skip(2).All(size => size == 1)
                : shape.Rank == 1 && batch == 1;
        return isVector && value.Type.Element == ElementType.Float32 ? new VectorOutput(value) : new OtherOutput(value);
    }
}

/// <summary>An output with a Float32 vector for each sample, (N, D) or (N, D, 1, 1): scores of classes, or features.</summary>
/// <param name="Value">The output as the file declares it.</param>
public sealed record VectorOutput(Value Value) : NetworkOutput(Value)
{
    /// <summary>The length D of the vectors; null if it is variable.</summary>
    public int? Length => Columns.IsKnown ? checked((int)Columns.Size) : null;

    private Dimension Columns => Value.Type.Shape[Math.Min(1, Value.Type.Shape.Rank - 1)];
}

/// <summary>Any other output.</summary>
/// <param name="Value">The output as the file declares it.</param>
public sealed record OtherOutput(Value Value) : NetworkOutput(Value);
