namespace Tacit.Graphs.WeightFiles;

/// <summary>A class or function that a pickle may name.</summary>
/// <param name="Name">The module and the name within, such as "torch.FloatStorage".</param>
/// <param name="Make">What a call of it makes of the arguments; null where it cannot be called.</param>
/// <param name="Element">The elements, of a storage or a type of elements.</param>
internal sealed record PickleGlobal(string Name, Func<object?[], object?>? Make = null, ElementType? Element = null);

/// <summary>A dictionary of a pickle, in the order in which it was filled. Nothing is hashed: keys may be any objects.</summary>
internal sealed class PickleDictionary
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The values under texts; of those under the same text the last.</summary>
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

/// <summary>An object that stands beside the weights and is not read, such as the arguments of the training script.</summary>
internal sealed class PickleBystander
{
    public static PickleBystander Instance { get; } = new();
}

/// <summary>Numbers that lie together in a file; tensors are views of them.</summary>
/// <param name="Key">Their name in the file.</param>
/// <param name="Element">The type of the numbers.</param>
/// <param name="Count">How many there are in the file.</param>
/// <param name="Begin">The first of them that belongs to this storage: old files have storages within others.</param>
/// <param name="Length">How many of them belong to it.</param>
internal sealed record TensorStorage(string Key, ElementType Element, long Count, long Begin, long Length);

/// <summary>A tensor as a pickle describes it: a view of a storage.</summary>
/// <param name="Storage">Where the elements lie.</param>
/// <param name="Element">The type of the elements.</param>
/// <param name="Offset">The place of the first element, counted in elements.</param>
/// <param name="Sizes">The sizes, outermost first.</param>
/// <param name="Strides">The elements between neighbours, for each dimension.</param>
internal sealed record StoredTensor(TensorStorage Storage, ElementType Element, long Offset, long[] Sizes, long[] Strides);
