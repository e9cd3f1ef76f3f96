namespace Tacit.Graphs.WeightFiles;

/// <summary>A class or function that a pickle is allowed to name.</summary>
/// <param name="Name">The qualified name, such as "torch.FloatStorage".</param>
/// <param name="Make">Computes the result of a call from its arguments. Null when it cannot be called.</param>
/// <param name="Element">The element type of a storage class or dtype. Null for anything else.</param>
internal sealed record PickleGlobal(string Name, Func<object?[], object?>? Make = null, ElementType? Element = null);

/// <summary>A dictionary of a pickle.</summary>
/// <remarks>
/// Entries keep the order of insertion. Keys may be any objects and are not hashed, so a damaged file cannot cause collisions.
/// </remarks>
internal sealed class PickleDictionary
{
    /// <summary>The entries in the order of insertion. A key may occur more than once.</summary>
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>Returns the entries whose keys are strings. The last entry wins when a key occurs more than once.</summary>
    public Dictionary<string, object?> ByName()
    {
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in Entries)
        {
            if (key is string name)
            {
                named[name] = value;
            }
        }

        return named;
    }
}

/// <summary>Placeholder for an object that is skipped because it is not a weight, such as the arguments of a training script.</summary>
internal sealed class PickleBystander
{
    /// <summary>The only instance.</summary>
    public static PickleBystander Instance { get; } = new();
}

/// <summary>A contiguous block of numbers in a file, of which tensors are views.</summary>
/// <param name="Key">The name of the block in the file.</param>
/// <param name="Element">The element type.</param>
/// <param name="Count">The number of elements of the block in the file.</param>
/// <param name="Begin">
/// The index of the first element that belongs to this storage. It may be nonzero in old files, in which storages are views of others.
/// </param>
/// <param name="Length">The number of elements that belong to this storage.</param>
internal sealed record TensorStorage(string Key, ElementType Element, long Count, long Begin, long Length);

/// <summary>A tensor as a pickle describes it: a strided view of a storage.</summary>
/// <param name="Storage">The storage of the elements.</param>
/// <param name="Element">The element type.</param>
/// <param name="Offset">The index of the first element in the storage.</param>
/// <param name="Sizes">The size of each dimension, outermost first.</param>
/// <param name="Strides">The distance between neighbours along each dimension, in elements.</param>
internal sealed record StoredTensor(TensorStorage Storage, ElementType Element, long Offset, long[] Sizes, long[] Strides);
