using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Tacit.Graphs;

/// <summary>A constant tensor: element type, known sizes and the elements in little-endian, row-major order. Immutable.</summary>
/// <remarks>The object owns its bytes, and they are never changed.</remarks>
/// <example>
/// <code>
/// var weights = TensorData.Of&lt;float&gt;([1, 2, 3, 4, 5, 6], 2, 3);
/// Console.WriteLine(weights);                          // Float32 2 x 3
/// ReadOnlySpan&lt;float&gt; elements = weights.As&lt;float&gt;();
/// </code>
/// </example>
public sealed class TensorData
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>Creates a tensor that takes ownership of the given bytes. The caller must not change them afterwards.</summary>
    /// <param name="element">The element type.</param>
    /// <param name="sizes">The size of each dimension, outermost first. Empty for a scalar.</param>
    /// <param name="bytes">The packed elements, little-endian and row-major.</param>
    /// <exception cref="ArgumentException">The number of bytes does not match the type and sizes.</exception>
    public TensorData(ElementType element, ReadOnlySpan<long> sizes, ReadOnlyMemory<byte> bytes)
    {
        Element = element;
        Sizes = [.. sizes];
        var expected = element.Bytes(Count);
        if (bytes.Length != expected)
        {
            throw new ArgumentException($"a tensor {element} {Shape} takes {expected} bytes, not {bytes.Length}", nameof(bytes));
        }

        _bytes = bytes;
    }

    /// <summary>Gets the element type.</summary>
    public ElementType Element { get; }

    /// <summary>Gets the size of each dimension, outermost first.</summary>
    public ImmutableArray<long> Sizes { get; }

    /// <summary>Gets the sizes as a new <see cref="Shape"/>.</summary>
    public Shape Shape => Shape.Of(Sizes.AsSpan());

    /// <summary>Gets the element type and shape.</summary>
    public TensorType Type => new(Element, Shape);

    /// <summary>Gets the number of elements; 1 for a scalar.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Gets the packed elements, little-endian and row-major.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Gets the same bytes as <see cref="Bytes"/> as memory, so that they can be written asynchronously without a copy.</summary>
    internal ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>Creates a tensor from a copy of the given elements.</summary>
    /// <typeparam name="T">The .NET type of the elements.</typeparam>
    /// <param name="elements">The elements in row-major order.</param>
    /// <param name="sizes">The size of each dimension. Without sizes the result is a vector of all elements.</param>
    /// <exception cref="ArgumentException">
    /// The number of elements does not match the sizes, or <typeparamref name="T"/> has no element type.
    /// </exception>
    public static TensorData Of<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> sizes)
        where T : unmanaged => new(ElementOf<T>(), sizes.IsEmpty ? [elements.Length] : sizes, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>Creates a tensor without dimensions from one element.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no element type.</exception>
    public static TensorData Scalar<T>(T value)
        where T : unmanaged => new(ElementOf<T>(), [], MemoryMarshal.AsBytes([value]).ToArray());

    /// <summary>Returns the elements without a copy.</summary>
    /// <typeparam name="T">The .NET type of <see cref="Element"/>.</typeparam>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged =>
        ElementOf<T>() == Element
            ? MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"a tensor of {Element} was read as {typeof(T).Name}");

    /// <summary>Returns the elements of a Boolean or integer tensor widened to 64 bits.</summary>
    /// <exception cref="InvalidOperationException">The element type is not Boolean, Int8, UInt8, Int16, UInt16, Int32 or Int64.</exception>
    public long[] ToInt64() =>
        Element switch
        {
            ElementType.Int64 => As<long>().ToArray(),
            ElementType.Int32 => Widen(As<int>(), value => value),
            ElementType.Int16 => Widen(As<short>(), value => value),
            ElementType.UInt16 => Widen(As<ushort>(), value => value),
            ElementType.Int8 => Widen(As<sbyte>(), value => value),
            ElementType.UInt8 => Widen(As<byte>(), value => value),
            ElementType.Boolean => Widen(As<bool>(), value => value ? 1 : 0),
            _ => throw new InvalidOperationException($"a tensor of {Element} was read as integers"),
        };

    /// <summary>Converts a floating-point tensor to Float32, rounding to nearest. A Float32 tensor returns itself.</summary>
    /// <exception cref="InvalidOperationException">The elements are not floating-point numbers.</exception>
    public TensorData ToFloat32() =>
        Element switch
        {
            ElementType.Float32 => this,
            ElementType.Float16 => Convert(As<Half>(), value => (float)value),
            ElementType.Float64 => Convert(As<double>(), value => (float)value),
            ElementType.BFloat16 => Convert(
                MemoryMarshal.Cast<byte, ushort>(Bytes),
                bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)
            ),
            _ => throw new InvalidOperationException($"a tensor of {Element} was read as floating-point numbers"),
        };

    /// <summary>Returns a tensor with the same bytes in another shape.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public TensorData Reshape(params ReadOnlySpan<long> sizes) => new(Element, sizes, _bytes);

    /// <summary>Returns a copy with permuted axes.</summary>
    /// <param name="axes">The axis of this tensor for each axis of the result: 0, 2, 3, 1 turns (N, C, H, W) into (N, H, W, C).</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="axes"/> is not a permutation of the axes, or the elements are smaller than a byte.
    /// </exception>
    public TensorData Transpose(params ReadOnlySpan<int> axes)
    {
        var rank = Sizes.Length;
        var order = axes.ToArray();
        if (!order.Order().SequenceEqual(Enumerable.Range(0, rank)))
        {
            throw new ArgumentException($"{string.Join(", ", order)} are not the axes of {Shape}", nameof(axes));
        }

        var width = (int)Element.Bytes(1);
        if (Element.Bytes(2) != 2 * width)
        {
            throw new ArgumentException($"elements of {Element} do not fill bytes", nameof(axes));
        }

        var strides = new long[rank + 1];
        strides[rank] = width;
        for (var axis = rank - 1; axis >= 0; axis--)
        {
            strides[axis] = strides[axis + 1] * Sizes[axis];
        }

        var sizes = order.Select(axis => Sizes[axis]).ToArray();
        var steps = order.Select(axis => strides[axis + 1]).ToArray();
        var place = new long[rank];
        var bytes = new byte[Bytes.Length];
        var from = 0L;
        for (var to = 0; to < bytes.Length; to += width)
        {
            Bytes.Slice((int)from, width).CopyTo(bytes.AsSpan(to));
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++place[axis] < sizes[axis])
                {
                    break;
                }

                from -= steps[axis] * sizes[axis];
                place[axis] = 0;
            }
        }

        return new TensorData(Element, sizes, bytes);
    }

    /// <summary>Returns a copy of a range of rows along the first axis.</summary>
    /// <param name="first">The zero-based index of the first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the tensor.</exception>
    public TensorData Rows(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + (long)count, Sizes[0]);
        var row = Bytes.Length / (int)Math.Max(1, Sizes[0]);
        return new TensorData(Element, [count, .. Sizes[1..]], Bytes.Slice(first * row, count * row).ToArray());
    }

    /// <summary>Returns the element type that stores a .NET type.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no element type.</exception>
    public static ElementType ElementOf<T>()
        where T : unmanaged =>
        default(T) switch
        {
            float => ElementType.Float32,
            double => ElementType.Float64,
            Half => ElementType.Float16,
            long => ElementType.Int64,
            ulong => ElementType.UInt64,
            int => ElementType.Int32,
            uint => ElementType.UInt32,
            short => ElementType.Int16,
            ushort => ElementType.UInt16,
            sbyte => ElementType.Int8,
            byte => ElementType.UInt8,
            bool => ElementType.Boolean,
            _ => throw new ArgumentException($"no element type holds {typeof(T).Name}"),
        };

    /// <inheritdoc/>
    public override string ToString() => Type.ToString();

    private TensorData Convert<T>(ReadOnlySpan<T> elements, Func<T, float> convert)
    {
        var converted = new float[elements.Length];
        for (var i = 0; i < converted.Length; i++)
        {
            converted[i] = convert(elements[i]);
        }

        return new TensorData(ElementType.Float32, Sizes.AsSpan(), MemoryMarshal.AsBytes<float>(converted).ToArray());
    }

    private static long[] Widen<T>(ReadOnlySpan<T> elements, Func<T, long> widen)
    {
        var wide = new long[elements.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = widen(elements[i]);
        }

        return wide;
    }
}
