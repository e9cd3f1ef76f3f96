using System.Runtime.InteropServices;
using Google.Protobuf.Collections;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Reads the tensors of an ONNX file. Floating-point elements are converted to Float32.</summary>
/// <remarks>
/// <para>
/// A tensor is stored in <c>raw_data</c> (little endian), in an external file, or in one of the typed fields: <c>int32_data</c>, for
/// example, holds all integers of up to 32 bits, and the bits of 16-bit floating-point numbers.
/// </para>
/// <para>
/// Declared sizes are compared with the data that is present before memory is allocated, so a damaged file cannot cause large allocations.
/// Strings, complex numbers, and floating-point types of 8 bits or fewer are rejected.
/// </para>
/// </remarks>
/// <param name="source">The file, for error messages.</param>
internal sealed class TensorReader(OnnxSource source)
{
    // The limit exceeds what any operator needs and bounds the length of shapes in messages.
    private const int LargestRank = 64;

    private readonly ExternalData _external = new(source);

    /// <summary>Reads a tensor.</summary>
    /// <param name="proto">The tensor as stored.</param>
    /// <param name="what">The name of the tensor in error messages.</param>
    /// <exception cref="InvalidFileException">The data does not match the declared type and sizes.</exception>
    /// <exception cref="UnsuitableModelException">The element type is not supported.</exception>
    public TensorData Read(TensorProto proto, string what)
    {
        var element = ElementOf(proto.DataType, what);
        var bytes = Size(proto, element, what);
        if (proto.Segment is not null)
        {
            throw source.Invalid($"{what} is stored in segments, which is not supported");
        }

        var data =
            proto.DataLocation == TensorProto.Types.DataLocation.External ? _external.Read(proto, bytes, what)
            : proto.HasRawData ? proto.RawData.Memory
            : Typed(proto, element, what);
        if (data.Length != bytes)
        {
            throw source.Invalid(
                $"{what} should hold {bytes} bytes ({element} {string.Join(" x ", proto.Dims)}), but {data.Length} are there"
            );
        }

        var tensor = new TensorData(element, [.. proto.Dims], data);
        return element.IsFloatingPoint() ? tensor.ToFloat32() : tensor;
    }

    /// <summary>
    /// Returns the element type in which a value is read: Float32 for all floating-point types, otherwise the declared type.
    /// </summary>
    /// <param name="type">The number of the ONNX element type.</param>
    /// <param name="what">The name of the value in error messages.</param>
    /// <exception cref="UnsuitableModelException">The element type is not supported.</exception>
    public ElementType TypeOf(int type, string what) =>
        ElementOf(type, what) is var element && element.IsFloatingPoint() ? ElementType.Float32 : element;

    /// <summary>Converts the number of an ONNX element type.</summary>
    /// <param name="type">The number of the ONNX element type.</param>
    /// <param name="what">The name of the value in error messages.</param>
    /// <exception cref="UnsuitableModelException">The element type is not supported.</exception>
    public ElementType ElementOf(int type, string what) =>
        Enum.IsDefined((ElementType)type) && (ElementType)type is not (ElementType.Undefined or ElementType.Text)
            ? (ElementType)type
            : throw source.Unsuitable($"{what} is of element type {TypeName(type)}, which is not supported");

    /// <summary>Returns the ONNX name of an unsupported element type.</summary>
    private static string TypeName(int type) =>
        type switch
        {
            8 => "string",
            14 => "complex64",
            15 => "complex128",
            >= 17 and <= 20 => "float8",
            23 => "float4",
            _ => $"number {type}",
        };

    /// <summary>
    /// Returns the number of bytes of a tensor with the declared type and sizes. Rejects more than 64 axes and negative sizes.
    /// </summary>
    private long Size(TensorProto proto, ElementType element, string what)
    {
        if (proto.Dims.Count > LargestRank)
        {
            throw source.Invalid($"{what} has {proto.Dims.Count} dimensions");
        }

        if (proto.Dims.Any(size => size < 0))
        {
            throw source.Invalid($"{what} has a negative size: {string.Join(" x ", proto.Dims)}");
        }

        try
        {
            return element.Bytes(proto.Dims.Aggregate(1L, (product, size) => checked(product * size)));
        }
        catch (OverflowException exception)
        {
            throw source.Invalid($"{what} has impossible sizes: {string.Join(" x ", proto.Dims)}", inner: exception);
        }
    }

    /// <summary>Returns the elements of the typed field as bytes.</summary>
    private ReadOnlyMemory<byte> Typed(TensorProto proto, ElementType element, string what) =>
        element switch
        {
            ElementType.Float32 => Bytes(proto.FloatData, value => value),
            ElementType.Float64 => Bytes(proto.DoubleData, value => value),
            ElementType.Int64 => Bytes(proto.Int64Data, value => value),
            ElementType.UInt64 => Bytes(proto.Uint64Data, value => value),
            ElementType.UInt32 => Bytes(proto.Uint64Data, value => (uint)value),
            ElementType.Int32 => Bytes(proto.Int32Data, value => value),
            ElementType.Int16 => Bytes(proto.Int32Data, value => (short)value),
            ElementType.UInt16 or ElementType.Float16 or ElementType.BFloat16 => Bytes(proto.Int32Data, value => (ushort)value),
            ElementType.Int8 => Bytes(proto.Int32Data, value => (sbyte)value),
            ElementType.UInt8 or ElementType.Boolean or ElementType.Int4 or ElementType.UInt4 => Bytes(
                proto.Int32Data,
                value => (byte)value
            ),
            _ => throw source.Unsuitable($"{what} is of element type {element}, which is not supported"),
        };

    private static ReadOnlyMemory<byte> Bytes<TStored, T>(RepeatedField<TStored> stored, Func<TStored, T> narrow)
        where T : unmanaged
    {
        var elements = new T[stored.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = narrow(stored[i]);
        }

        return MemoryMarshal.AsBytes<T>(elements).ToArray();
    }
}
