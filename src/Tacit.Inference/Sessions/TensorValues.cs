using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tacit.Graphs;

namespace Tacit.Inference.Sessions;

/// <summary>Converts between single-precision numbers and ONNX Runtime tensors.</summary>
internal static class TensorValues
{
    /// <summary>Determines whether a tensor of an element type can be created from single-precision numbers.</summary>
    public static bool Takes(ElementType element) => element.IsFloatingPoint();

    /// <summary>
    /// Creates a tensor. Single-precision tensors use the given memory without a copy; other types are converted to a new
    /// array.
    /// </summary>
    /// <param name="element">The element type, a floating-point type.</param>
    /// <param name="numbers">The elements in row-major order. They must stay unchanged while the tensor is in use.</param>
    /// <param name="sizes">The shape.</param>
    /// <returns>The tensor, which the caller disposes.</returns>
    public static OrtValue Create(ElementType element, ReadOnlyMemory<float> numbers, long[] sizes) =>
        element switch
        {
            ElementType.Float16 => OrtValue.CreateTensorValueFromMemory(Convert(numbers, number => (Float16)number), sizes),
            ElementType.BFloat16 => OrtValue.CreateTensorValueFromMemory(Convert(numbers, number => (BFloat16)number), sizes),
            ElementType.Float64 => OrtValue.CreateTensorValueFromMemory(Convert(numbers, number => (double)number), sizes),

            // ONNX Runtime does not write to inputs; its interface has no read-only form.
            _ => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(numbers), sizes),
        };

    /// <summary>Determines whether <see cref="Read"/> can read tensors of an element type: any numbers or Booleans.</summary>
    public static bool Gives(ElementType element) =>
        element.IsFloatingPoint()
        || element
            is ElementType.Boolean
                or ElementType.Int8
                or ElementType.UInt8
                or ElementType.Int16
                or ElementType.UInt16
                or ElementType.Int32
                or ElementType.UInt32
                or ElementType.Int64
                or ElementType.UInt64;

    /// <summary>Copies a tensor of numbers.</summary>
    /// <param name="value">A tensor whose elements <see cref="Gives"/> names.</param>
    /// <returns>The tensor: floating-point numbers as Float32, all others as Int64.</returns>
    public static TensorData Read(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return info.ElementDataType switch
        {
            TensorElementType.Float => Of<float, float>(number => number),
            TensorElementType.Float16 => Of<Float16, float>(number => (float)number),
            TensorElementType.BFloat16 => Of<BFloat16, float>(number => (float)number),
            TensorElementType.Double => Of<double, float>(number => (float)number),
            TensorElementType.Bool => Of<bool, long>(number => number ? 1 : 0),
            TensorElementType.Int8 => Of<sbyte, long>(number => number),
            TensorElementType.UInt8 => Of<byte, long>(number => number),
            TensorElementType.Int16 => Of<short, long>(number => number),
            TensorElementType.UInt16 => Of<ushort, long>(number => number),
            TensorElementType.Int32 => Of<int, long>(number => number),
            TensorElementType.UInt32 => Of<uint, long>(number => number),
            TensorElementType.Int64 => Of<long, long>(number => number),
            TensorElementType.UInt64 => Of<ulong, long>(number => unchecked((long)number)),
            var other => throw new NotSupportedException($"tensors of {other} cannot be read"),
        };

        TensorData Of<TFrom, TTo>(Converter<TFrom, TTo> convert)
            where TFrom : unmanaged
            where TTo : unmanaged =>
            TensorData.Of<TTo>(Array.ConvertAll(value.GetTensorDataAsSpan<TFrom>().ToArray(), convert), info.Shape);
    }

    /// <summary>Returns a tensor of the type that <see cref="Read"/> gives for an element type, without elements.</summary>
    public static TensorData Empty(ElementType element) =>
        element.IsFloatingPoint() ? TensorData.Of<float>([], 0) : TensorData.Of<long>([], 0);

    private static T[] Convert<T>(ReadOnlyMemory<float> numbers, Converter<float, T> convert) =>
        Array.ConvertAll(numbers.ToArray(), convert);
}
