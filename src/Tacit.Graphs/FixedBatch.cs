namespace Tacit.Graphs;

/// <summary>The batch size that a network is fixed to.</summary>
public static class FixedBatch
{
    /// <summary>The first size of every input; null where one has none, or an open one, or they differ.</summary>
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
