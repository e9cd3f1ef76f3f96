using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tacit.Graphs;

namespace Tacit.Inference.Sessions;

/// <summary>Converts between single-precision numbers and ONNX Runtime tensors of any floating-point type.</summary>
internal static class FloatValues
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

    /// <summary>Copies the elements of a tensor to single precision.</summary>
    /// <param name="value">The tensor.</param>
    /// <returns>The elements in row-major order; null if they are not floating-point numbers.</returns>
    public static float[]? Read(OrtValue value) =>
        value.GetTensorTypeAndShape().ElementDataType switch
        {
            TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
            TensorElementType.Float16 => Array.ConvertAll(value.GetTensorDataAsSpan<Float16>().ToArray(), number => (float)number),
            TensorElementType.BFloat16 => Array.ConvertAll(value.GetTensorDataAsSpan<BFloat16>().ToArray(), number => (float)number),
            TensorElementType.Double => Array.ConvertAll(value.GetTensorDataAsSpan<double>().ToArray(), number => (float)number),
            _ => null,
        };

    private static T[] Convert<T>(ReadOnlyMemory<float> numbers, Converter<float, T> convert) =>
        Array.ConvertAll(numbers.ToArray(), convert);
}
