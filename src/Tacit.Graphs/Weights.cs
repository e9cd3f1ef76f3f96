using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tacit.Graphs;

/// <summary>The elements of a graph's initializers, by name. Immutable.</summary>
public sealed class Weights : IReadOnlyDictionary<string, TensorData>
{
    private readonly ImmutableDictionary<string, TensorData> _tensors;

    /// <summary>Weights of the given tensors.</summary>
    public Weights(IEnumerable<KeyValuePair<string, TensorData>> tensors) =>
        _tensors = tensors.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>No weights.</summary>
    public static Weights Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _tensors.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<TensorData> Values => _tensors.Values;

    /// <inheritdoc/>
    public TensorData this[string key] => _tensors[key];

    /// <summary>These weights with some set or replaced.</summary>
    public Weights With(IEnumerable<KeyValuePair<string, TensorData>> tensors) => new(_tensors.SetItems(tensors));

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TensorData value) => _tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TensorData>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A network: its structure, its weights, and what its file says about itself.</summary>
/// <remarks>Every initializer of the graph has weights of its type; there may be no others.</remarks>
public sealed record Model
{
    /// <summary>A network of the given parts.</summary>
    /// <exception cref="ArgumentException">An initializer lacks weights, or their type differs.</exception>
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

    /// <summary>The structure.</summary>
    public Graph Graph { get; }

    /// <summary>The weights.</summary>
    public Weights Weights { get; }

    /// <summary>The file's metadata properties.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; }
}
