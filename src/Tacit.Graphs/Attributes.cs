using System.Collections;
using System.Collections.Immutable;

namespace Tacit.Graphs;

/// <summary>The attributes of a node: long, float, string, their arrays, or a tensor, by name.</summary>
public sealed class Attributes : IReadOnlyCollection<KeyValuePair<string, object>>
{
    private readonly ImmutableSortedDictionary<string, object> _values;

    private Attributes(ImmutableSortedDictionary<string, object> values) => _values = values;

    /// <summary>No attributes.</summary>
    public static Attributes None { get; } = new(ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal));

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>These attributes with an integer set.</summary>
    public Attributes With(string name, long value) => new(_values.SetItem(name, value));

    /// <summary>These attributes with a number set.</summary>
    public Attributes With(string name, float value) => new(_values.SetItem(name, value));

    /// <summary>These attributes with a string set.</summary>
    public Attributes With(string name, string value) => new(_values.SetItem(name, value));

    /// <summary>These attributes with a list of integers set.</summary>
    public Attributes With(string name, ImmutableArray<long> value) => new(_values.SetItem(name, value));

    /// <summary>These attributes with a list of numbers set.</summary>
    public Attributes With(string name, ImmutableArray<float> value) => new(_values.SetItem(name, value));

    /// <summary>These attributes with a list of strings set.</summary>
    public Attributes With(string name, ImmutableArray<string> value) => new(_values.SetItem(name, value));

    /// <summary>These attributes with a tensor set.</summary>
    public Attributes With(string name, TensorData value) => new(_values.SetItem(name, value));

    /// <summary>These attributes without one.</summary>
    public Attributes Without(string name) => new(_values.Remove(name));

    /// <summary>Whether the attribute is set.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>An integer, or <paramref name="absent"/> where it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute is of another type.</exception>
    public long Int(string name, long absent = 0) => Get(name, absent);

    /// <summary>A number, or <paramref name="absent"/> where it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute is of another type.</exception>
    public float Float(string name, float absent = 0) => Get(name, absent);

    /// <summary>A string, or <paramref name="absent"/> where it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute is of another type.</exception>
    public string Text(string name, string absent = "") => Get(name, absent);

    /// <summary>A list of integers; null where it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute is of another type.</exception>
    public long[]? Ints(string name) => Has(name) ? [.. Get(name, ImmutableArray<long>.Empty)] : null;

    /// <summary>A list of numbers; null where it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute is of another type.</exception>
    public float[]? Floats(string name) => Has(name) ? [.. Get(name, ImmutableArray<float>.Empty)] : null;

    /// <summary>A tensor; null where it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute is of another type.</exception>
    public TensorData? Tensor(string name) => Has(name) ? Get<TensorData>(name, null!) : null;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T Get<T>(string name, T absent) =>
        _values.TryGetValue(name, out var value)
            ? value is T typed
                ? typed
                : throw new InvalidOperationException($"attribute {name} is {value.GetType().Name}, not {typeof(T).Name}")
            : absent;
}
