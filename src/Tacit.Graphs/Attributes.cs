using System.Collections;
using System.Collections.Immutable;

namespace Tacit.Graphs;

/// <summary>The attributes of a node, by name. Immutable.</summary>
/// <remarks>
/// A value is a <see cref="long"/>, a <see cref="float"/>, a <see cref="string"/>, an immutable array of one of these, or a
/// <see cref="TensorData"/>. Names are case-sensitive. The enumeration is sorted by name.
/// </remarks>
/// <example>
/// <code>
/// var attributes = Attributes.None.With("kernel_shape", [3, 3]).With("group", 1L);
/// long group = attributes.Int("group", 1);
/// long[]? pads = attributes.Ints("pads");   // null
/// </code>
/// </example>
public sealed class Attributes : IReadOnlyCollection<KeyValuePair<string, object>>
{
    private readonly ImmutableSortedDictionary<string, object> _values;

    private Attributes(ImmutableSortedDictionary<string, object> values) => _values = values;

    /// <summary>Gets an empty set of attributes, from which others are built with the <c>With</c> methods.</summary>
    public static Attributes None { get; } = new(ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal));

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>Returns a copy in which an integer attribute is added or replaced.</summary>
    public Attributes With(string name, long value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy in which a floating-point attribute is added or replaced.</summary>
    public Attributes With(string name, float value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy in which a string attribute is added or replaced.</summary>
    public Attributes With(string name, string value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy in which an attribute with a list of integers is added or replaced.</summary>
    public Attributes With(string name, ImmutableArray<long> value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy in which an attribute with a list of floating-point numbers is added or replaced.</summary>
    public Attributes With(string name, ImmutableArray<float> value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy in which an attribute with a list of strings is added or replaced.</summary>
    public Attributes With(string name, ImmutableArray<string> value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy in which a tensor attribute is added or replaced.</summary>
    public Attributes With(string name, TensorData value) => new(_values.SetItem(name, value));

    /// <summary>Returns a copy without an attribute. A missing attribute is ignored.</summary>
    public Attributes Without(string name) => new(_values.Remove(name));

    /// <summary>Determines whether an attribute is set.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Returns an integer attribute, or <paramref name="absent"/> when it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute has another type.</exception>
    public long Int(string name, long absent = 0) => Get(name, absent);

    /// <summary>Returns a floating-point attribute, or <paramref name="absent"/> when it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute has another type.</exception>
    public float Float(string name, float absent = 0) => Get(name, absent);

    /// <summary>Returns a string attribute, or <paramref name="absent"/> when it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute has another type.</exception>
    public string Text(string name, string absent = "") => Get(name, absent);

    /// <summary>Returns a copy of a list of integers, or null when the attribute is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute has another type.</exception>
    public long[]? Ints(string name) => Has(name) ? [.. Get(name, ImmutableArray<long>.Empty)] : null;

    /// <summary>Returns a copy of a list of floating-point numbers, or null when the attribute is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute has another type.</exception>
    public float[]? Floats(string name) => Has(name) ? [.. Get(name, ImmutableArray<float>.Empty)] : null;

    /// <summary>Returns a tensor attribute, or null when it is not set.</summary>
    /// <exception cref="InvalidOperationException">The attribute has another type.</exception>
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
