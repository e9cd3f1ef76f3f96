using System.Runtime.InteropServices;
using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning;

/// <summary>Conversion between the graph's constant tensors and TorchSharp's.</summary>
/// <remarks>
/// Types that TorchSharp lacks are held in the next wider one: UInt16 in Int32, UInt32 and UInt64 in Int64,
/// UInt4 in Byte and Int4 in Int8, one element each.
/// </remarks>
public static class TensorInterop
{
    /// <summary>The TorchSharp type that holds elements of a type.</summary>
    /// <exception cref="ArgumentException">There is none: text, or undefined.</exception>
    public static ScalarType ToScalarType(this ElementType element) =>
        element switch
        {
            ElementType.Float32 => ScalarType.Float32,
            ElementType.Float64 => ScalarType.Float64,
            ElementType.Float16 => ScalarType.Float16,
            ElementType.BFloat16 => ScalarType.BFloat16,
            ElementType.UInt8 or ElementType.UInt4 => ScalarType.Byte,
            ElementType.Int8 or ElementType.Int4 => ScalarType.Int8,
            ElementType.Int16 => ScalarType.Int16,
            ElementType.Int32 or ElementType.UInt16 => ScalarType.Int32,
            ElementType.Int64 or ElementType.UInt32 or ElementType.UInt64 => ScalarType.Int64,
            ElementType.Boolean => ScalarType.Bool,
            _ => throw new ArgumentException($"tensors of {element} cannot be computed with", nameof(element)),
        };

    /// <summary>The element type of a TorchSharp type.</summary>
    /// <exception cref="ArgumentException">There is none, such as for complex numbers.</exception>
    public static ElementType ToElementType(this ScalarType type) =>
        type switch
        {
            ScalarType.Float32 => ElementType.Float32,
            ScalarType.Float64 => ElementType.Float64,
            ScalarType.Float16 => ElementType.Float16,
            ScalarType.BFloat16 => ElementType.BFloat16,
            ScalarType.Byte => ElementType.UInt8,
            ScalarType.Int8 => ElementType.Int8,
            ScalarType.Int16 => ElementType.Int16,
            ScalarType.Int32 => ElementType.Int32,
            ScalarType.Int64 => ElementType.Int64,
            ScalarType.Bool => ElementType.Boolean,
            _ => throw new ArgumentException($"the graph has no element type for {type}", nameof(type)),
        };

    /// <summary>A new tensor of the same sizes and elements.</summary>
    /// <param name="data">The elements.</param>
    /// <param name="device">Where to put it; the CPU if null.</param>
    /// <exception cref="ArgumentException">TorchSharp cannot hold the element type.</exception>
    public static Tensor ToTensor(this TensorData data, Device? device = null)
    {
        var type = data.Element.ToScalarType();
        var tensor = empty(data.Sizes.AsSpan(), type);
        if (data.Count > 0)
        {
            Widen(data).CopyTo(tensor.bytes);
        }

        return device is null || device.type == DeviceType.CPU ? tensor : tensor.to(device, disposeAfter: true);
    }

    /// <summary>A copy of a tensor's elements.</summary>
    /// <param name="tensor">A tensor on any device.</param>
    /// <param name="element">The type to store them as; the tensor's own if null.</param>
    /// <exception cref="ArgumentException"><paramref name="element"/> is not held by tensors of this type.</exception>
    public static TensorData ToData(this Tensor tensor, ElementType? element = null)
    {
        var stored = element ?? tensor.dtype.ToElementType();
        if (stored.ToScalarType() != tensor.dtype)
        {
            throw new ArgumentException($"a tensor of {tensor.dtype} does not hold {stored}", nameof(element));
        }

        using var guard = no_grad();
        using var detached = tensor.detach();
        using var host = detached.cpu();
        using var dense = host.contiguous();
        var bytes = dense.numel() == 0 ? [] : dense.bytes;
        return new TensorData(stored, tensor.shape, Narrow(bytes, stored));
    }

    private static ReadOnlySpan<byte> Widen(TensorData data) =>
        data.Element switch
        {
            ElementType.UInt16 => Convert<ushort, int>(data.Bytes, value => value),
            ElementType.UInt32 => Convert<uint, long>(data.Bytes, value => value),
            ElementType.UInt4 => Unpack(data.Bytes, data.Count, nibble => (byte)nibble),
            ElementType.Int4 => Unpack(data.Bytes, data.Count, nibble => (byte)(sbyte)((nibble ^ 8) - 8)),
            _ => data.Bytes,
        };

    private static byte[] Narrow(ReadOnlySpan<byte> bytes, ElementType element) =>
        element switch
        {
            ElementType.UInt16 => Convert<int, ushort>(bytes, value => checked((ushort)value)),
            ElementType.UInt32 => Convert<long, uint>(bytes, value => checked((uint)value)),
            ElementType.UInt4 or ElementType.Int4 => Pack(bytes),
            _ => bytes.ToArray(),
        };

    private static byte[] Convert<TFrom, TTo>(ReadOnlySpan<byte> bytes, Func<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, TFrom>(bytes);
        var to = new TTo[from.Length];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = convert(from[i]);
        }

        return MemoryMarshal.AsBytes<TTo>(to).ToArray();
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed, long count, Func<int, byte> extend)
    {
        var elements = new byte[count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = extend((packed[i / 2] >> (i % 2 * 4)) & 0xF);
        }

        return elements;
    }

    private static byte[] Pack(ReadOnlySpan<byte> elements)
    {
        var packed = new byte[(elements.Length + 1) / 2];
        for (var i = 0; i < elements.Length; i++)
        {
            packed[i / 2] |= (byte)((elements[i] & 0xF) << (i % 2 * 4));
        }

        return packed;
    }
}
