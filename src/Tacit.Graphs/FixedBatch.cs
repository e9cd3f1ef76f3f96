namespace Tacit.Graphs;

/// <summary>Determines the batch size to which a network is fixed, and joins the results of batches of this size.</summary>
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

    /// <summary>Returns the sizes under which a result of one batch can be joined along its first axis with those of others.</summary>
    /// <remarks>
    /// A multiple of the batch size contains frames or groups of channels that were merged with the batch. A vector of whole rows becomes a
    /// matrix.
    /// </remarks>
    /// <param name="sizes">The sizes of the result.</param>
    /// <param name="batch">The batch size.</param>
    /// <returns>
    /// Sizes with as many elements, whose first is a multiple of the batch size; null if the result has no axis for the samples. Each
    /// result then is one entry of a new first axis.
    /// </returns>
    /// <example>For a batch of 2: (2, 10) and (6, 10) stay, (20) becomes (2, 10), (1, 20) has no axis for the samples.</example>
    public static long[]? RowSizes(ReadOnlySpan<long> sizes, long batch) =>
        sizes.Length == 0 || sizes[0] == 0 || sizes[0] % batch != 0 ? null
        : sizes.Length == 1 && sizes[0] != batch ? [batch, sizes[0] / batch]
        : sizes.ToArray();

    /// <summary>Joins the results of full batches, and discards those of the samples that filled the last one.</summary>
    /// <param name="parts">The result of each batch. All have the same type.</param>
    /// <param name="batch">The batch size.</param>
    /// <param name="count">The number of samples in all batches together.</param>
    /// <returns>The joined result; see <see cref="RowSizes"/>.</returns>
    /// <exception cref="UnsuitableModelException">The results differ in their sizes, as those of a detector that selects boxes do.</exception>
    public static TensorData Join(IReadOnlyList<TensorData> parts, long batch, long count)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var first = parts[0];
        if (parts.FirstOrDefault(part => !part.Type.Equals(first.Type)) is { } other)
        {
            throw new UnsuitableModelException($"one batch gives {first.Shape}, another {other.Shape}: they cannot be joined");
        }

        var bytes = new byte[parts.Sum(part => part.Bytes.Length)];
        for (var (i, offset) = (0, 0); i < parts.Count; offset += parts[i].Bytes.Length, i++)
        {
            parts[i].Bytes.CopyTo(bytes.AsSpan(offset));
        }

        return RowSizes(first.Sizes.AsSpan(), batch) is { } rows
            ? new TensorData(first.Element, [rows[0] * parts.Count, .. rows[1..]], bytes).Rows(0, checked((int)(count * (rows[0] / batch))))
            : new TensorData(first.Element, [parts.Count, .. first.Sizes], bytes);
    }
}
