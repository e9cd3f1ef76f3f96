using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Tacit.Graphs;

/// <summary>A constant tensor: an element type, known sizes and the elements, little-endian and row-major.</summary>
/// <remarks>Immutable: the bytes belong to this object and are never written again.</remarks>
public sealed class TensorData
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>Wraps bytes, which the caller gives up.</summary>
    /// <exception cref="ArgumentException">The number of bytes does not fit the type and sizes.</exception>
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

    /// <summary>The type of the elements.</summary>
    public ElementType Element { get; }

    /// <summary>The sizes, outermost first.</summary>
    public ImmutableArray<long> Sizes { get; }

    /// <summary>The sizes as a shape.</summary>
    public Shape Shape => Shape.Of(Sizes.AsSpan());

    /// <summary>The element type and the shape.</summary>
    public TensorType Type => new(Element, Shape);

    /// <summary>The number of elements.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>The elements as stored.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>The elements as stored, for those who write them on without a copy.</summary>
    internal ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>A tensor of the given elements; no sizes makes a vector of them all.</summary>
    /// <exception cref="ArgumentException">The number of elements does not fit the sizes, or no element type fits <typeparamref name="T"/>.</exception>
    public static TensorData Of<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> sizes)
        where T : unmanaged => new(ElementOf<T>(), sizes.IsEmpty ? [elements.Length] : sizes, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>A tensor of rank 0.</summary>
    public static TensorData Scalar<T>(T value)
        where T : unmanaged => new(ElementOf<T>(), [], MemoryMarshal.AsBytes([value]).ToArray());

    /// <summary>The elements, without a copy.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged =>
        ElementOf<T>() == Element
            ? MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"a tensor of {Element} was read as {typeof(T).Name}");

    /// <summary>The elements of an integer or Boolean tensor, widened.</summary>
    /// <exception cref="InvalidOperationException">The elements are not integers of at least 8 bits.</exception>
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

    /// <summary>The elements of a floating-point tensor, each as the nearest of <see cref="ElementType.Float32"/>.</summary>
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

    /// <summary>The same elements in another shape.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public TensorData Reshape(params ReadOnlySpan<long> sizes) => new(Element, sizes, _bytes);

    /// <summary>The elements with the axes in another order, as a copy.</summary>
    /// <param name="axes">For each axis of the result the axis of this tensor that it is: 0, 2, 3, 1 makes N x H x W x C of N x C x H x W.</param>
    /// <exception cref="ArgumentException">These are not the axes of this tensor, or its elements are smaller than a byte.</exception>
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

    /// <summary>Some of the rows along the first axis, as a copy.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">Their number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public TensorData Rows(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + (long)count, Sizes[0]);
        var row = Bytes.Length / (int)Math.Max(1, Sizes[0]);
        return new TensorData(Element, [count, .. Sizes[1..]], Bytes.Slice(first * row, count * row).ToArray());
    }

    /// <summary>The element type that holds a <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
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
