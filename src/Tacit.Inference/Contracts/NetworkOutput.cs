using Tacit.Graphs;

namespace Tacit.Inference.Contracts;

/// <summary>An output of a network. Its kind is its type.</summary>
/// <param name="Value">The output as the file declares it.</param>
public abstract record NetworkOutput(Value Value)
{
    /// <summary>The output of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="batch">The batch size that the network is fixed to; null where it takes any.</param>
    public static NetworkOutput Of(Value value, long? batch)
    {
        ArgumentNullException.ThrowIfNull(value);
        var shape = value.Type.Shape;

        // A network fixed to one sample may leave out the batch.
        var isVector =
            shape.Rank == 2 ? batch is not { } fixedTo || !shape[0].IsKnown || shape[0] == fixedTo : shape.Rank == 1 && batch == 1;
        return isVector && value.Type.Element == ElementType.Float32 ? new VectorOutput(value) : new OtherOutput(value);
    }
}

/// <summary>A vector for each sample, Float32 N x D: scores of classes, or features.</summary>
/// <param name="Value">The output as the file declares it.</param>
public sealed record VectorOutput(Value Value) : NetworkOutput(Value)
{
    /// <summary>D; null where it is free.</summary>
    public int? Length => Last.IsKnown ? checked((int)Last.Size) : null;

    private Dimension Last => Value.Type.Shape[Value.Type.Shape.Rank - 1];
}

/// <summary>Anything else.</summary>
/// <param name="Value">The output as the file declares it.</param>
public sealed record OtherOutput(Value Value) : NetworkOutput(Value);
