using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tacit.Graphs;

namespace Tacit.Inference.Sessions;

/// <summary>Numbers on their way into ONNX Runtime and out of it, where a network is in another precision than ours.</summary>
internal static class FloatValues
{
    /// <summary>Whether a tensor of these elements can be given single-precision numbers.</summary>
    public static bool Takes(ElementType element) => element.IsFloatingPoint();

    /// <summary>A tensor of the given elements, on this memory where they are single-precision.</summary>
    public static OrtValue Create(ElementType element, ReadOnlyMemory<float> numbers, long[] sizes) =>
        element switch
        {
            ElementType.Float16 => OrtValue.CreateTensorValueFromMemory(Convert(numbers, number => (Float16)number), sizes),
            ElementType.BFloat16 => OrtValue.CreateTensorValueFromMemory(Convert(numbers, number => (BFloat16)number), sizes),
            ElementType.Float64 => OrtValue.CreateTensorValueFromMemory(Convert(numbers, number => (double)number), sizes),

            // ONNX Runtime does not write to inputs; its interface has no read-only form.
            _ => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(numbers), sizes),
        };

    /// <summary>The elements in single precision; null where they are no floating-point numbers.</summary>
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
