using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class MatrixProductsTests
{
    [Fact]
    public void GemmAgrees() => Conformance.CheckBoth(draw =>
    {
        var (rows, inner, columns) = (draw.Long(1, 4), draw.Long(1, 4), draw.Long(1, 4));
        var (transposeA, transposeB) = (draw.Bool(), draw.Bool());
        var attributes = Attributes.None.With("transA", transposeA ? 1 : 0).With("transB", transposeB ? 1 : 0);
        attributes = draw.Bool() ? attributes : attributes.With("alpha", draw.Float(0.5f, 2)).With("beta", draw.Float(0.5f, 2));
        var bias = draw.Pick<long[]?>(null, [columns], [1], [], [rows, columns], [rows, 1], [1, columns]);
        return new OperatorCase(
            "Gemm",
            attributes,
            draw.Floats(transposeA ? [inner, rows] : [rows, inner]),
            draw.Floats(transposeB ? [columns, inner] : [inner, columns]),
            bias is null ? null : draw.Floats(bias));
    });

    [Fact]
    public void MatMulAgrees() => Conformance.CheckBoth(draw =>
    {
        var (rows, inner, columns, batch) = (draw.Long(1, 4), draw.Long(1, 4), draw.Long(1, 4), draw.Long(1, 3));
        long[] left = draw.Pick<long[]>([rows, inner], [batch, rows, inner], [2, 1, rows, inner], [inner]);
        long[] right = draw.Pick<long[]>([inner, columns], [batch, inner, columns], [batch, inner, columns], [inner]);
        return new OperatorCase("MatMul", Attributes.None, draw.Floats(left), draw.Floats(right));
    });
}
