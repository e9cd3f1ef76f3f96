using System.Runtime.InteropServices;

namespace Tacit.Graphs.Operators;

/// <summary>An element of a tensor as far as it is known: an integer or symbolic size, a real number, or unknown.</summary>
/// <param name="Size">The integer or symbolic size; Boolean elements are 0 or 1. Null for a real number or an unknown element.</param>
/// <param name="Real">The real number. Null for an integer or an unknown element.</param>
internal readonly record struct Number(SizeExpression? Size, double? Real)
{
    /// <summary>Gets an unknown element.</summary>
    public static Number Unknown => default;

    /// <summary>Gets the integer, or null when the element is symbolic, real or unknown.</summary>
    public long? Integer => Size?.Constant;

    /// <summary>Creates an element from an integer or symbolic size.</summary>
    public static Number OfSize(SizeExpression size) => new(size, null);

    /// <summary>Creates an element from a real number.</summary>
    public static Number OfReal(double real) => new(null, real);

    /// <summary>Converts the element as ONNX Cast does.</summary>
    /// <remarks>
    /// A symbolic size keeps its expression for every target type. Real numbers are truncated towards zero for integer types, and
    /// nonzero numbers become 1 for Booleans.
    /// </remarks>
    /// <param name="type">The target type.</param>
    /// <exception cref="OverflowException">A real number does not fit in 64 bits.</exception>
    public Number As(ElementType type) =>
        this switch
        {
            { Integer: { } whole } when type.IsFloatingPoint() => OfReal(whole).As(type),
            { Real: { } real } when type == ElementType.Float32 => OfReal((float)real),
            { Real: { } real } when type == ElementType.Boolean => OfSize(real != 0 ? 1 : 0),
            { Integer: { } whole } when type == ElementType.Boolean => OfSize(whole != 0 ? 1 : 0),
            { Real: { } real } when !type.IsFloatingPoint() => OfSize(checked((long)real)),
            _ => this,
        };
}

/// <summary>
/// A small tensor whose elements are known in part, such as a shape that an exporter computes from the sizes of the input.
/// </summary>
/// <param name="element">The element type.</param>
/// <param name="sizes">The size of each axis.</param>
/// <param name="elements">The elements in row-major order, as many as the product of <paramref name="sizes"/>.</param>
internal sealed class PartialTensor(ElementType element, long[] sizes, Number[] elements)
{
    /// <summary>
    /// The largest number of elements of a tensor that is followed. Larger tensors are treated as unknown to bound the cost.
    /// </summary>
    public const int MaximumCount = 65_536;

    /// <summary>Gets the element type.</summary>
    public ElementType Element { get; } = element;

    /// <summary>Gets the size of each axis.</summary>
    public long[] Sizes { get; } = sizes;

    /// <summary>Gets the elements in row-major order.</summary>
    public Number[] Elements { get; } = elements;

    /// <summary>Gets whether every element is a number.</summary>
    public bool IsKnown => Elements.All(element => element.Real is not null || element.Integer is not null);

    /// <summary>Determines whether the elements of a tensor type are followed.</summary>
    /// <remarks>
    /// The element type must be Boolean, Float32, Float64 or one of the supported integer types, all sizes must be known, and the tensor
    /// may have at most <see cref="MaximumCount"/> elements.
    /// </remarks>
    public static bool Follows(TensorType type) =>
        type.Element
            is ElementType.Float32
                or ElementType.Float64
                or ElementType.Int64
                or ElementType.Int32
                or ElementType.Int16
                or ElementType.Int8
                or ElementType.UInt16
                or ElementType.UInt8
                or ElementType.Boolean
        && type.Shape.IsKnown
        && type.Shape.Aggregate(1d, (count, dimension) => count * dimension.Size) <= MaximumCount;

    /// <summary>Creates a tensor whose elements are all unknown.</summary>
    /// <param name="type">A type whose sizes are known.</param>
    public static PartialTensor Unknown(TensorType type) => new(type.Element, type.Shape.ToSizes(), new Number[type.Shape.ElementCount]);

    /// <summary>Creates a tensor from constant data.</summary>
    /// <param name="data">Data of a type for which <see cref="Follows"/> is true.</param>
    public static PartialTensor Of(TensorData data)
    {
        var elements = data.Element switch
        {
            ElementType.Float32 => data.As<float>().ToArray().Select(value => Number.OfReal(value)),
            ElementType.Float64 => data.As<double>().ToArray().Select(Number.OfReal),
            _ => data.ToInt64().Select(value => Number.OfSize(value)),
        };
        return new PartialTensor(data.Element, [.. data.Sizes], [.. elements]);
    }

    /// <summary>Converts the tensor to constant data, or returns null when an element is unknown or symbolic.</summary>
    /// <exception cref="OverflowException">An element is out of the range of the element type.</exception>
    public TensorData? ToData() =>
        !IsKnown
            ? null
            : Element switch
            {
                ElementType.Float32 => Pack(number => (float)RealOf(number)),
                ElementType.Float64 => Pack(RealOf),
                ElementType.Int64 => Pack(WholeOf),
                ElementType.Int32 => Pack(number => checked((int)WholeOf(number))),
                ElementType.Int16 => Pack(number => checked((short)WholeOf(number))),
                ElementType.UInt16 => Pack(number => checked((ushort)WholeOf(number))),
                ElementType.Int8 => Pack(number => checked((sbyte)WholeOf(number))),
                ElementType.UInt8 => Pack(number => checked((byte)WholeOf(number))),
                ElementType.Boolean => Pack(number => WholeOf(number) != 0),
                _ => null,
            };

    /// <summary>Returns a tensor with the same elements in another shape.</summary>
    /// <param name="shape">A shape with known sizes and the same number of elements.</param>
    public PartialTensor Reshape(Shape shape) => new(Element, shape.ToSizes(), Elements);

    /// <summary>Creates a tensor from elements of this one.</summary>
    /// <param name="sizes">The size of each axis of the result.</param>
    /// <param name="source">Maps a place in the result to the place in this tensor from which the element is taken.</param>
    public PartialTensor Rearrange(long[] sizes, Func<long[], long[]> source) =>
        new(Element, sizes, [.. Places.Of(sizes).Select(place => Elements[Places.Index(source(place), Sizes)])]);

    private static double RealOf(Number number) => number.Real ?? number.Integer!.Value;

    private static long WholeOf(Number number) => number.Integer ?? checked((long)number.Real!.Value);

    private TensorData Pack<T>(Func<Number, T> convert)
        where T : unmanaged =>
        new(TensorData.ElementOf<T>(), Sizes, MemoryMarshal.AsBytes<T>(Elements.Select(convert).ToArray()).ToArray());
}

/// <summary>Enumerates and indexes the places of row-major tensors.</summary>
internal static class Places
{
    /// <summary>Enumerates every place of a tensor in row-major order.</summary>
    /// <param name="sizes">The size of each axis.</param>
    /// <returns>One new array for each place, with an index for each axis.</returns>
    public static IEnumerable<long[]> Of(long[] sizes)
    {
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        for (var index = 0L; index < count; index++)
        {
            var place = new long[sizes.Length];
            var rest = index;
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                (rest, place[axis]) = Math.DivRem(rest, sizes[axis]);
            }

            yield return place;
        }
    }

    /// <summary>Returns the position of a place among the row-major elements.</summary>
    /// <param name="place">The index along each axis.</param>
    /// <param name="sizes">The size of each axis.</param>
    public static long Index(long[] place, long[] sizes) =>
        place.Zip(sizes).Aggregate(0L, (index, axis) => index * axis.Second + axis.First);
}
