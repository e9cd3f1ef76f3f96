using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tacit.Graphs;

/// <summary>The elements of a graph's initializers, by name. Immutable.</summary>
public sealed class Weights : IReadOnlyDictionary<string, TensorData>
{
    private readonly ImmutableDictionary<string, TensorData> _tensors;

    /// <summary>Creates weights from the given tensors.</summary>
    /// <exception cref="ArgumentException">A name occurs with two different tensors.</exception>
    public Weights(IEnumerable<KeyValuePair<string, TensorData>> tensors) =>
        _tensors = tensors.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Gets an empty set of weights.</summary>
    public static Weights Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _tensors.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<TensorData> Values => _tensors.Values;

    /// <inheritdoc/>
    public TensorData this[string key] => _tensors[key];

    /// <summary>Returns a copy in which the given tensors are added or replaced.</summary>
    public Weights With(IEnumerable<KeyValuePair<string, TensorData>> tensors) => new(_tensors.SetItems(tensors));

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TensorData value) => _tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TensorData>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A network: graph, weights and metadata.</summary>
/// <remarks>Every initializer of the graph has a tensor of the same type in the weights.</remarks>
/// <example>
/// <code>
/// Model model = OnnxReader.Read("resnet20.onnx");
/// Console.WriteLine(model.Graph.Nodes.Length);
/// </code>
/// </example>
public sealed record Model
{
    /// <summary>Creates a network and checks its weights against its graph.</summary>
    /// <param name="graph">The structure.</param>
    /// <param name="weights">The elements of the initializers.</param>
    /// <param name="metadata">Text properties by name. Null for none.</param>
    /// <exception cref="ArgumentException">An initializer has no weights, or the types differ.</exception>
    public Model(Graph graph, Weights weights, ImmutableSortedDictionary<string, string>? metadata = null)
    {
        foreach (var initializer in graph.Initializers.Values)
        {
            if (!weights.TryGetValue(initializer.Name, out var tensor))
            {
                throw new ArgumentException($"the initializer {initializer.Name} has no weights");
            }

            if (!tensor.Type.Equals(initializer.Type))
            {
                throw new ArgumentException($"the initializer {initializer.Name} is {initializer.Type}, its weights are {tensor.Type}");
            }
        }

        Graph = graph;
        Weights = weights;
        Metadata = metadata ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    }

    /// <summary>Gets the structure.</summary>
    public Graph Graph { get; }

    /// <summary>Gets the elements of the initializers.</summary>
    public Weights Weights { get; }

    /// <summary>Gets the text properties of the network, which an ONNX file stores as <c>metadata_props</c>. Never null.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; }
}
