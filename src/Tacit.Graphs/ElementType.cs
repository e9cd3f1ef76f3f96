namespace Tacit.Graphs;

/// <summary>The element types of tensors. The values equal those of ONNX <c>TensorProto.DataType</c>.</summary>
public enum ElementType
{
    /// <summary>No type. A value never has this type.</summary>
    Undefined = 0,

    /// <summary>32-bit IEEE 754 floating-point number.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,

    /// <summary>A string. It has no fixed size.</summary>
    Text = 8,

    /// <summary>Boolean in one byte, 0 or 1.</summary>
    Boolean = 9,

    /// <summary>16-bit IEEE 754 floating-point number.</summary>
    Float16 = 10,

    /// <summary>64-bit IEEE 754 floating-point number.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,

    /// <summary>16-bit brain floating-point number: the upper half of a 32-bit IEEE 754 number.</summary>
    BFloat16 = 16,

    /// <summary>Unsigned 4-bit integer. Two elements share a byte; the first is in the low half.</summary>
    UInt4 = 21,

    /// <summary>Signed 4-bit integer. Two elements share a byte; the first is in the low half.</summary>
    Int4 = 22,
}

/// <summary>Sizes and classification of element types.</summary>
public static class ElementTypes
{
    /// <summary>Returns the number of bits of one element: 4, 8, 16, 32 or 64.</summary>
    /// <exception cref="ArgumentException">
    /// The type has no fixed size (<see cref="ElementType.Text"/> or <see cref="ElementType.Undefined"/>).
    /// </exception>
    public static int Bits(this ElementType type) =>
        type switch
        {
            ElementType.UInt4 or ElementType.Int4 => 4,
            ElementType.UInt8 or ElementType.Int8 or ElementType.Boolean => 8,
            ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 16,
            ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 32,
            ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 64,
            _ => throw new ArgumentException($"{type} has no fixed size", nameof(type)),
        };

    /// <summary>
    /// Returns the number of bytes of <paramref name="count"/> packed elements. An odd number of 4-bit elements is padded to a whole byte.
    /// </summary>
    /// <exception cref="ArgumentException">The type has no fixed size.</exception>
    /// <exception cref="OverflowException">The number exceeds 64 bits.</exception>
    public static long Bytes(this ElementType type, long count) => checked((count * type.Bits() + 7) / 8);

    /// <summary>Determines whether the type is Float16, BFloat16, Float32 or Float64.</summary>
    public static bool IsFloatingPoint(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.Float64 or ElementType.BFloat16;
}
