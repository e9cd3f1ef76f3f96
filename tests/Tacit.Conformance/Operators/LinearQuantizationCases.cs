using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>QuantizeLinear and DequantizeLinear.</summary>
internal static class LinearQuantizationCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new("QuantizeLinear", Quantize) { Count = 40, HasGradient = false },
        new(
            "QuantizeLinear of halves",
            _ => new OperatorCase(
                "QuantizeLinear",
                Attributes.None,
                TensorData.Of<float>([-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1000, -1000]),
                TensorData.Scalar(1f),
                TensorData.Scalar((sbyte)0)
            )
        )
        {
            Count = 1,
            HasGradient = false,
        },
        new("DequantizeLinear", Dequantize) { Count = 40, HasGradient = false },
        new(
            "DequantizeLinear to its scale",
            draw => new OperatorCase("DequantizeLinear", Attributes.None, draw.Bytes(2, 3), draw.Floats(0.1f, 1, [3]), draw.Bytes(3))
        )
        {
            Count = 5,
        },
        new(
            "DequantizeLinear of wide integers",
            draw => new OperatorCase(
                "DequantizeLinear",
                Attributes.None.With("axis", 0),
                TensorData.Of<int>([draw.Int(-100000, 100000), draw.Int(-100000, 100000)]),
                draw.Floats(0.001f, 0.1f, [2])
            )
        )
        {
            HasGradient = false,
        },
        .. new[] { ElementType.Int4, ElementType.UInt4 }.Select(element => new CaseFamily(
            $"DequantizeLinear of {element}",
            draw => new OperatorCase(
                "DequantizeLinear",
                Attributes.None.With("axis", 0),
                new Operand(new TensorData(element, [2, 3], draw.Bytes(3).Bytes.ToArray()), IsConstant: true),
                draw.Floats(0.01f, 1, [2]),
                new Operand(new TensorData(element, [2], draw.Bytes(1).Bytes.ToArray()), IsConstant: true)
            )
            {
                Opset = 21,
            }
        )
        {
            HasGradient = false,
        }),
    ];

    private static OperatorCase Quantize(Draw draw)
    {
        var (axis, sizes, vector) = (draw.Int(0, 2), draw.Longs(3, 1, 4), draw.Bool());
        long[] parameter = vector ? [sizes[axis]] : [];
        var zero = draw.Pick(0, 1, 2) switch
        {
            0 => null,
            1 => draw.Bytes(parameter),
            _ => draw.SignedBytes(parameter),
        };
        return new OperatorCase(
            "QuantizeLinear",
            Attributes.None.With("axis", draw.Bool() ? axis : axis - 3),
            draw.Floats(-5, 5, sizes),
            draw.Floats(0.02f, 0.2f, parameter),
            zero
        );
    }

    private static OperatorCase Dequantize(Draw draw)
    {
        var (axis, sizes, vector) = (draw.Int(0, 2), draw.Longs(3, 1, 4), draw.Bool());
        long[] parameter = vector ? [sizes[axis]] : [];
        var signed = draw.Bool();
        var x = signed ? draw.SignedBytes(sizes) : draw.Bytes(sizes);
        var zero =
            draw.Bool() ? null
            : signed ? draw.SignedBytes(parameter)
            : draw.Bytes(parameter);
        return new OperatorCase(
            "DequantizeLinear",
            Attributes.None.With("axis", draw.Bool() ? axis : axis - 3),
            x,
            draw.Floats(0.01f, 1, parameter),
            zero
        );
    }
}
