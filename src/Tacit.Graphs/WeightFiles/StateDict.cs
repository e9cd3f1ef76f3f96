namespace Tacit.Graphs.WeightFiles;

/// <summary>Finds the state dict in an object that was saved with torch.save.</summary>
/// <remarks>
/// The object is either the state dict itself or a dictionary that contains it under a common key, such as "state_dict", next to the epoch
/// or the optimizer. Up to three levels of wrappers are searched.
/// </remarks>
/// <param name="source">The file, for errors.</param>
internal sealed class StateDict(PyTorchSource source)
{
    private const int DeepestWrapper = 3;

    // The keys under which training scripts store the state dict, the most specific first.
    private static readonly string[] Wrappers =
    [
        "state_dict",
        "model_state_dict",
        "model_state",
        "model",
        "net",
        "network",
        "module",
        "weights",
        "params",
    ];

    /// <summary>Reads the tensors of the state dict. Other entries are ignored.</summary>
    /// <param name="root">The unpickled object.</param>
    /// <param name="tensors">Reads the elements.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="InvalidFileException">There is no state dict, or a tensor is damaged.</exception>
    public Dictionary<string, TensorData> Read(object? root, PyTorchTensors tensors)
    {
        var named =
            Find(root, 0)
            ?? throw source.Invalid(
                root is PickleDictionary dictionary
                    ? $"it holds no tensors by name, neither at its top nor under {string.Join(", ", Wrappers)}; it has {Names(dictionary)}"
                    : "it holds no tensors by name; save network.state_dict()"
            );
        return named.ToDictionary(entry => entry.Key, entry => tensors.Read(entry.Key, entry.Value), StringComparer.Ordinal);
    }

    /// <summary>Searches the common keys first, then the dictionary itself for tensors.</summary>
    private static Dictionary<string, StoredTensor>? Find(object? value, int depth)
    {
        if (value is not PickleDictionary dictionary || depth > DeepestWrapper)
        {
            return null;
        }

        var entries = dictionary.ByName();
        foreach (var wrapper in Wrappers)
        {
            if (entries.TryGetValue(wrapper, out var inner) && Find(inner, depth + 1) is { } found)
            {
                return found;
            }
        }

        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var (name, entry) in entries)
        {
            if (entry is StoredTensor tensor)
            {
                tensors.Add(name, tensor);
            }
        }

        return tensors.Count > 0 ? tensors : null;
    }

    private static string Names(PickleDictionary dictionary)
    {
        var names = dictionary.ByName().Keys.Take(8).Select(PyTorchSource.Shorten).ToList();
        return names.Count > 0 ? string.Join(", ", names) : "no names";
    }
}
