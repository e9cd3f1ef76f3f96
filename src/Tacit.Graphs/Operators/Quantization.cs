namespace Tacit.Graphs.Operators;

/// <summary>QuantizeLinear: x, scale, zero point; a scale for all, or one for each place along the attribute `axis`.</summary>
internal sealed class QuantizeLinear() : OperatorSchema("QuantizeLinear", 2, 3)
{
    /// <summary>Checks that a vector of scales fits the axis.</summary>
    public static void CheckAxis(OperatorCall call, int input)
    {
        var scale = call.Shape(input);
        if (scale.Rank == 1 && scale[0] != 1)
        {
            var x = call.Shape(0);
            call.Same(x[call.Axis(call.Attributes.Int("axis", 1), x.Rank)], scale[0], "the quantised axis and the scales");
        }
    }

    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        CheckAxis(call, 1);
        var stated = (ElementType)call.Attributes.Int("output_dtype");
        var element =
            call.Has(2) ? call.Type(2).Element
            : stated != ElementType.Undefined ? stated
            : ElementType.UInt8;
        return [call.Type(0) with { Element = element }];
    }
}

/// <summary>DequantizeLinear: x, scale, zero point; the result has the type of the scale.</summary>
internal sealed class DequantizeLinear() : OperatorSchema("DequantizeLinear", 2, 3)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        QuantizeLinear.CheckAxis(call, 1);
        return [call.Type(0) with { Element = call.Type(1).Element }];
    }
}

/// <summary>
/// Tacit's FakeQuantize: x and, optionally, the lowest and the highest value of the grid, for all or for each place along the
/// attribute `axis`; the attributes are those of <see cref="Quantizer"/>. Rounds x to the grid; type and shape stay.
/// </summary>
internal sealed class FakeQuantize() : Elementwise(Quantizer.Operator, 3)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        foreach (var input in new[] { 1, 2 }.Where(call.Has))
        {
            QuantizeLinear.CheckAxis(call, input);
        }

        return base.Infer(call);
    }
}
