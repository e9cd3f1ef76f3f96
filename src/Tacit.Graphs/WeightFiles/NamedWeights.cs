using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.WeightFiles;

/// <summary>The weights of a file, with the names normalized so that they match those of a network.</summary>
/// <remarks>
/// Prefixes that PyTorch wrappers add to every name ("module." of DataParallel, "_orig_mod." of torch.compile) are removed. The counters
/// <c>num_batches_tracked</c> of batch normalizations are dropped.
/// </remarks>
/// <example>
/// <code>
/// Model network = NamedWeights.Read("resnet20.pth").LoadInto(Zoo.Find("resnet20-cifar")!.Build());
/// </code>
/// </example>
public sealed class NamedWeights
{
    private const int MostListed = 8;

    // The prefixes of DataParallel and torch.compile.
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    private readonly string _path;
    private readonly Dictionary<string, TensorData> _tensors;

    private NamedWeights(string path, Dictionary<string, TensorData> tensors) => (_path, _tensors) = (path, tensors);

    /// <summary>Reads a weight file in any format that <see cref="WeightFile"/> supports.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InvalidFileException">The file is damaged, contains no weights, or tries to run code.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NamedWeights Read(string path)
    {
        var tensors = WeightFile.Read(path).AsEnumerable();
        while (
            Prefixes.FirstOrDefault(prefix => tensors.All(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal))) is { } wrapper
            && tensors.Any()
        )
        {
            tensors = [.. tensors.Select(tensor => KeyValuePair.Create(tensor.Key[wrapper.Length..], tensor.Value))];
        }

        return new NamedWeights(
            path,
            tensors.Where(tensor => tensor.Key.Split('.')[^1] != "num_batches_tracked").ToDictionary(StringComparer.Ordinal)
        );
    }

    /// <summary>Returns the number of outputs, such as classes, that the file has for the last layer of a network.</summary>
    /// <param name="network">A network whose first output may be computed by a Gemm or Conv.</param>
    /// <returns>The number of outputs, or null when another operator computes the output or the file lacks the layer.</returns>
    public int? OutputsOf(Model network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return
            network.Graph.Producer(network.Graph.Outputs[0].Name) is { Operator: "Gemm" or "Conv" } layer
            && _tensors.GetValueOrDefault(layer.Inputs[1]) is { Count: > 0, Sizes: [> 0 and <= 1_000_000 and var outputs, ..] }
            ? (int)outputs
            : null;
    }

    /// <summary>Returns a copy of a network with these weights, converted to Float32.</summary>
    /// <param name="network">The network. Its constants are kept.</param>
    /// <exception cref="UnsuitableModelException">
    /// Names or shapes differ, or a weight is NaN or infinite. The message lists the first differences of each kind.
    /// </exception>
    public Model LoadInto(Model network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var wanted = network
            .Graph.Initializers.Values.Where(initializer => initializer.Role != WeightRole.Constant)
            .OrderBy(initializer => initializer.Name, StringComparer.Ordinal)
            .ToList();
        var names = wanted.Select(initializer => initializer.Name).ToHashSet(StringComparer.Ordinal);
        var faults = new[]
        {
            Fault("missing", wanted.Where(initializer => !_tensors.ContainsKey(initializer.Name)).Select(initializer => initializer.Name)),
            Fault(
                "not in the network",
                _tensors.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal).Select(PyTorchSource.Shorten)
            ),
            Fault(
                "of another type or shape",
                wanted
                    .Where(Differs)
                    .Select(initializer => $"{initializer.Name} ({_tensors[initializer.Name].Type}, not {initializer.Type})")
            ),
        }
            .OfType<string>()
            .ToList();
        if (faults.Count > 0)
        {
            throw new UnsuitableModelException($"{_path} does not hold the weights of {network.Graph.Name}: {string.Join("; ", faults)}")
            {
                Path = _path,
            };
        }

        var weights = wanted.Select(initializer => KeyValuePair.Create(initializer.Name, _tensors[initializer.Name].ToFloat32()));
        var loaded = new Model(network.Graph, network.Weights.With(weights), network.Metadata);
        ModelChecks.CheckFinite(loaded, new OnnxSource(_path));
        return loaded;

        bool Differs(Initializer initializer) =>
            _tensors.TryGetValue(initializer.Name, out var tensor)
            && (!tensor.Element.IsFloatingPoint() || !tensor.Shape.Equals(initializer.Type.Shape));
    }

    /// <summary>Lists up to eight names with a common fault; null if there are none.</summary>
    private static string? Fault(string what, IEnumerable<string> names)
    {
        var all = names.ToList();
        var rest = all.Count > MostListed ? $" and {all.Count - MostListed} more" : "";
        return all.Count > 0 ? $"{what}: {string.Join(", ", all.Take(MostListed))}{rest}" : null;
    }
}
