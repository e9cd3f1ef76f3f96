using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes QuantizeLinear and DequantizeLinear per tensor or along an axis.</summary>
/// <remarks>The kernels let Tacit run exported networks. QuantizeLinear passes no gradient.</remarks>
internal static class LinearQuantization
{
    /// <summary>QuantizeLinear: clamp(round(x / scale) + zero point, lowest, highest), halves rounded to even.</summary>
    /// <remarks>
    /// Inputs: x, scale (a scalar, or a vector along <c>axis</c>, default 1) and zero point (optional, the same shape). The zero point
    /// determines the element type. Without it, <c>output_dtype</c> does, and then UInt8 is the default.
    /// </remarks>
    public static Kernel Quantize(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", 1);
        var declared =
            source.ElementOf(2)
            ?? (source.Has(2) ? null : (ElementType?)Math.Max(source.Attributes.Int("output_dtype"), (long)ElementType.UInt8));
        return x =>
        {
            var type = declared ?? x[2].dtype.ToElementType();
            var (least, greatest) = Range(type);
            using var scale = Along(x[1], x[0], axis);

            // round_ rounds halves to even, as ONNX requires.
            using var source = x[0].detach();
            using var grid = source / scale;
            grid.round_();
            if (x.OrNull(2) is { } given)
            {
                using var zero = Along(given, x[0], axis);
                grid.add_(zero);
            }

            grid.clamp_(least, greatest);
            return [grid.to(type.ToScalarType())];
        };
    }

    /// <summary>DequantizeLinear: (x - zero point) · scale, in the element type of the scale.</summary>
    /// <remarks>Inputs: x as integers, scale (a scalar, or a vector along <c>axis</c>, default 1) and zero point (optional).</remarks>
    public static Kernel Dequantize(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", 1);
        return x =>
        {
            using var scale = Along(x[1], x[0], axis);
            using var grid = x[0].to(x[1].dtype);
            if (x.OrNull(2) is not { } given)
            {
                return [grid * scale];
            }

            using var narrow = Along(given, x[0], axis);
            using var zero = narrow.to(x[1].dtype);
            using var centred = grid - zero;
            return [centred * scale];
        };
    }

    private static (long Least, long Greatest) Range(ElementType type) =>
        type switch
        {
            ElementType.UInt8 => (0, byte.MaxValue),
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.UInt16 => (0, ushort.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            ElementType.UInt4 => (0, 15),
            ElementType.Int4 => (-8, 7),
            _ => throw new ArgumentException($"numbers are not quantised to {type}", nameof(type)),
        };

    /// <summary>Reshapes a vector to broadcast along the axis. A single number becomes a scalar.</summary>
    private static Tensor Along(Tensor parameter, Tensor x, long axis)
    {
        if (parameter.dim() == 0 || parameter.numel() == 1)
        {
            return parameter.reshape([]);
        }

        var sizes = new long[x.dim()];
        Array.Fill(sizes, 1);
        sizes[Axes.From(axis, sizes.Length)] = parameter.numel();
        return parameter.reshape(sizes);
    }
}
