using System.Collections;
using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Graphs;

/// <summary>One dimension of a shape: a known size, or a symbol such as the batch size.</summary>
/// <remarks>Two symbols are equal when their names are. Arithmetic on symbols gives derived names, such as "2*N".</remarks>
public readonly record struct Dimension
{
    private readonly long _size;

    /// <summary>A known size.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public Dimension(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        _size = size;
    }

    /// <summary>A size that is known by name only.</summary>
    public Dimension(string symbol)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        Symbol = symbol;
    }

    /// <summary>The name of a symbolic size; null where the size is known.</summary>
    public string? Symbol { get; }

    /// <summary>Whether the size is a number.</summary>
    public bool IsKnown => Symbol is null;

    /// <summary>The size.</summary>
    /// <exception cref="InvalidOperationException">The size is symbolic.</exception>
    public long Size => Symbol is null ? _size : throw new InvalidOperationException($"dimension {Symbol} has no known size");

    /// <summary>A known size.</summary>
    public static implicit operator Dimension(long size) => new(size);

    /// <summary>A symbolic size.</summary>
    public static implicit operator Dimension(string symbol) => new(symbol);

    /// <inheritdoc/>
    public override string ToString() => Symbol ?? _size.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The sizes of a tensor, outermost first.</summary>
public sealed class Shape : IReadOnlyList<Dimension>, IEquatable<Shape>
{
    private readonly ImmutableArray<Dimension> _dimensions;

    /// <summary>A shape of the given dimensions; none makes a scalar.</summary>
    public Shape(params ReadOnlySpan<Dimension> dimensions) => _dimensions = [.. dimensions];

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>The number of dimensions.</summary>
    public int Rank => _dimensions.Length;

    int IReadOnlyCollection<Dimension>.Count => Rank;

    /// <summary>Whether every size is a number.</summary>
    public bool IsKnown => _dimensions.All(dimension => dimension.IsKnown);

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">A dimension is symbolic.</exception>
    public long ElementCount => _dimensions.Aggregate(1L, (product, dimension) => checked(product * dimension.Size));

    /// <summary>The dimension at <paramref name="index"/>.</summary>
    public Dimension this[int index] => _dimensions[index];

    /// <summary>A shape of known sizes.</summary>
    public static Shape Of(params ReadOnlySpan<long> sizes)
    {
        var dimensions = new Dimension[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            dimensions[i] = sizes[i];
        }

        return new Shape(dimensions);
    }

    /// <summary>This shape with one dimension replaced.</summary>
    public Shape With(int index, Dimension dimension) => new(_dimensions.SetItem(index, dimension).AsSpan());

    /// <summary>The sizes as numbers.</summary>
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

    /// <summary>The sizes joined by "x", as in "N x 3 x 32 x 32"; "scalar" where there are none.</summary>
    public override string ToString() => Rank == 0 ? "scalar" : string.Join(" x ", _dimensions);
}

/// <summary>The type of a value: its elements and its shape.</summary>
public sealed record TensorType(ElementType Element, Shape Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Element} {Shape}";
}
