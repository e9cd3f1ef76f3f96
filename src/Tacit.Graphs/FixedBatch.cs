namespace Tacit.Graphs;

/// <summary>Determines the batch size to which a network is fixed.</summary>
public static class FixedBatch
{
    /// <summary>Returns the first size of all inputs; null if an input has no axes, a first size is symbolic, or they differ.</summary>
    /// <param name="inputs">The inputs of the network.</param>
    public static long? Of(IEnumerable<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var first = inputs
            .Select(input => input.Type.Shape is { Rank: > 0 } shape && shape[0].IsKnown ? shape[0].Size : (long?)null)
            .Distinct()
            .ToList();
        return first is [{ } batch] ? batch : null;
    }
}
