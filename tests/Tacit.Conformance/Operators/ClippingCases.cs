using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Clip.</summary>
internal static class ClippingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new(
            "Clip",
            draw => new OperatorCase(
                "Clip",
                Attributes.None,
                draw.Floats(3, 4),
                new Operand(draw.Bool() ? TensorData.Scalar(draw.Float(-1, 0)) : null, IsConstant: true),
                new Operand(draw.Bool() ? TensorData.Scalar(draw.Float(0.1f, 1)) : null, IsConstant: true)
            )
        ),
        new(
            "Clip of bytes",
            draw => new OperatorCase(
                "Clip",
                Attributes.None,
                draw.Bytes(3, 4),
                new Operand(TensorData.Scalar((byte)draw.Int(0, 100)), IsConstant: true),
                new Operand(TensorData.Scalar((byte)draw.Int(100, 255)), IsConstant: true)
            )
        )
        {
            HasGradient = false,
        },
        new(
            "Clip of signed bytes",
            draw => new OperatorCase(
                "Clip",
                Attributes.None,
                draw.SignedBytes(3, 4),
                new Operand(TensorData.Scalar((sbyte)draw.Int(-100, 0)), IsConstant: true),
                new Operand(TensorData.Scalar((sbyte)draw.Int(0, 100)), IsConstant: true)
            )
        )
        {
            HasGradient = false,
        },
    ];
}
