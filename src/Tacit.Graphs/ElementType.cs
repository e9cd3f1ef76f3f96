namespace Tacit.Graphs;

/// <summary>The element types of tensors, with ONNX's own numbers.</summary>
public enum ElementType
{
    /// <summary>No type; never the type of a value.</summary>
    Undefined = 0,

    /// <summary>32-bit IEEE 754.</summary>
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

    /// <summary>A string.</summary>
    Text = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 9,

    /// <summary>16-bit IEEE 754.</summary>
    Float16 = 10,

    /// <summary>64-bit IEEE 754.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,

    /// <summary>The upper half of a 32-bit IEEE 754 number.</summary>
    BFloat16 = 16,

    /// <summary>Unsigned 4-bit integer; two to a byte, the first in the low half.</summary>
    UInt4 = 21,

    /// <summary>Signed 4-bit integer; two to a byte, the first in the low half.</summary>
    Int4 = 22,
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypes
{
    /// <summary>The bits that one element takes.</summary>
    /// <exception cref="ArgumentException">The type has no fixed size.</exception>
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

    /// <summary>The bytes that <paramref name="count"/> elements take when packed.</summary>
    public static long Bytes(this ElementType type, long count) => checked((count * type.Bits() + 7) / 8);

    /// <summary>Whether the type is one of the floating-point types.</summary>
    public static bool IsFloatingPoint(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.Float64 or ElementType.BFloat16;
}
