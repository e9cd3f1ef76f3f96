using System.Collections;
using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Graphs;

/// <summary>One dimension of a shape: a known size, or a symbol such as the batch size.</summary>
/// <remarks>Two symbols are equal when their names are equal. Arithmetic in shape inference gives derived names, such as "2*N".</remarks>
public readonly record struct Dimension
{
    private readonly long _size;

    /// <summary>Creates a dimension of known size.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public Dimension(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        _size = size;
    }

    /// <summary>Creates a symbolic dimension.</summary>
    /// <exception cref="ArgumentException"><paramref name="symbol"/> is empty.</exception>
    public Dimension(string symbol)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        Symbol = symbol;
    }

    /// <summary>Gets the name of the symbol, or null when the size is known.</summary>
    public string? Symbol { get; }

    /// <summary>Gets whether the size is a number.</summary>
    public bool IsKnown => Symbol is null;

    /// <summary>Gets the size.</summary>
    /// <exception cref="InvalidOperationException">The dimension is symbolic.</exception>
    public long Size => Symbol is null ? _size : throw new InvalidOperationException($"dimension {Symbol} has no known size");

    /// <summary>Converts a number to a dimension of known size.</summary>
    public static implicit operator Dimension(long size) => new(size);

    /// <summary>Converts a name to a symbolic dimension.</summary>
    public static implicit operator Dimension(string symbol) => new(symbol);

    /// <inheritdoc/>
    public override string ToString() => Symbol ?? _size.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The dimensions of a tensor, outermost first. Immutable; two shapes are equal when their dimensions are equal.</summary>
/// <example>
/// <code>
/// var batch = new Shape("N", 3, 32, 32);     // N x 3 x 32 x 32
/// var one = batch.With(0, 1);                // 1 x 3 x 32 x 32
/// long count = one.ElementCount;             // 3072
/// </code>
/// </example>
public sealed class Shape : IReadOnlyList<Dimension>, IEquatable<Shape>
{
    private readonly ImmutableArray<Dimension> _dimensions;

    /// <summary>Creates a shape with the given dimensions. Without dimensions it is the shape of a scalar.</summary>
    public Shape(params ReadOnlySpan<Dimension> dimensions) => _dimensions = [.. dimensions];

    /// <summary>Gets the shape of a scalar, which has no dimensions and one element.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>Gets the number of dimensions.</summary>
    public int Rank => _dimensions.Length;

    int IReadOnlyCollection<Dimension>.Count => Rank;

    /// <summary>Gets whether every dimension has a known size.</summary>
    public bool IsKnown => _dimensions.All(dimension => dimension.IsKnown);

    /// <summary>Gets the number of elements; 1 for a scalar.</summary>
    /// <exception cref="InvalidOperationException">A dimension is symbolic.</exception>
    /// <exception cref="OverflowException">The number exceeds 64 bits.</exception>
    public long ElementCount => _dimensions.Aggregate(1L, (product, dimension) => checked(product * dimension.Size));

    /// <summary>Gets the dimension at the zero-based <paramref name="index"/>.</summary>
    public Dimension this[int index] => _dimensions[index];

    /// <summary>Creates a shape with known sizes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public static Shape Of(params ReadOnlySpan<long> sizes)
    {
        var dimensions = new Dimension[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            dimensions[i] = sizes[i];
        }

        return new Shape(dimensions);
    }

    /// <summary>Returns a copy with one dimension replaced.</summary>
    public Shape With(int index, Dimension dimension) => new(_dimensions.SetItem(index, dimension).AsSpan());

    /// <summary>Returns the sizes as numbers.</summary>
    /// <exception cref="InvalidOperationException">A dimension is symbolic.</exception>
    public long[] ToSizes() => [.. _dimensions.Select(dimension => dimension.Size)];

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => _dimensions.Aggregate(Rank, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<Dimension> GetEnumerator() => _dimensions.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns the sizes joined by "x", as in "N x 3 x 32 x 32", or "scalar" for a shape without dimensions.</summary>
    public override string ToString() => Rank == 0 ? "scalar" : string.Join(" x ", _dimensions);
}

/// <summary>The type of a value: its element type and shape.</summary>
/// <param name="Element">The element type.</param>
/// <param name="Shape">The shape. Sizes may be symbolic.</param>
public sealed record TensorType(ElementType Element, Shape Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Element} {Shape}";
}
