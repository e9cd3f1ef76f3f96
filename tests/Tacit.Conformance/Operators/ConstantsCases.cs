using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Shape, ConstantOfShape, Cast and Dropout.</summary>
internal static class ConstantsCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new(
            "Shape",
            draw =>
            {
                var attributes = draw.Bool() ? Attributes.None : Attributes.None.With("start", draw.Long(-5, 4));
                attributes = draw.Bool() ? attributes : attributes.With("end", draw.Long(-5, 6));
                return new OperatorCase("Shape", attributes, draw.Floats(draw.Longs(draw.Int(1, 4), 1, 4)));
            }
        )
        {
            HasGradient = false,
        },
        new(
            "ConstantOfShape",
            draw =>
            {
                var value = draw.Pick<TensorData?>(null, TensorData.Of<long>([7]), TensorData.Of<float>([0.5f]), TensorData.Of<int>([-3]));
                return new OperatorCase(
                    "ConstantOfShape",
                    value is null ? Attributes.None : Attributes.None.With("value", value),
                    Operand.Constant(draw.Longs(draw.Int(1, 3), 1, 4))
                );
            }
        )
        {
            HasGradient = false,
        },
        new(
            "Cast",
            draw =>
            {
                var to = draw.Pick(
                    ElementType.Float32,
                    ElementType.Float64,
                    ElementType.Int64,
                    ElementType.Int32,
                    ElementType.UInt8,
                    ElementType.Boolean,
                    ElementType.Float16
                );
                var from = draw.Pick(draw.Floats(0, 100, [3, 4]), draw.Integers(0, 100, 3, 4), draw.Bytes(3, 4));
                return new OperatorCase("Cast", Attributes.None.With("to", (long)to), from);
            }
        )
        {
            HasGradient = false,
        },
        new("Cast between floats", draw => new OperatorCase("Cast", Attributes.None.With("to", (long)ElementType.Float64), draw.Floats(3)))
        {
            Count = 4,
        },
        new(
            "Dropout",
            draw => new OperatorCase("Dropout", Attributes.None, draw.Floats(3, 4), new Operand(TensorData.Scalar(0.3f), IsConstant: true))
        )
        {
            Count = 5,
        },
    ];
}
