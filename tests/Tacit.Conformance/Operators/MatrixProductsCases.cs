using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Gemm, MatMul and Einsum.</summary>
internal static class MatrixProductsCases
{
    public static IEnumerable<CaseFamily> All { get; } = [new("Gemm", Gemm), new("MatMul", MatMul), new("Einsum", Einsum)];

    private static OperatorCase Gemm(Draw draw)
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
            bias is null ? null : draw.Floats(bias)
        );
    }

    private static OperatorCase MatMul(Draw draw)
    {
        var (rows, inner, columns, batch) = (draw.Long(1, 4), draw.Long(1, 4), draw.Long(1, 4), draw.Long(1, 3));
        long[] left = draw.Pick<long[]>([rows, inner], [batch, rows, inner], [2, 1, rows, inner], [inner]);
        long[] right = draw.Pick<long[]>([inner, columns], [batch, inner, columns], [batch, inner, columns], [inner]);
        return new OperatorCase("MatMul", Attributes.None, draw.Floats(left), draw.Floats(right));
    }

    private static OperatorCase Einsum(Draw draw)
    {
        var sizes = "bijkl".ToDictionary(letter => letter, _ => draw.Long(1, 4));
        var equation = draw.Pick(
            "bij,bjk->bik",
            "ij,jk->ki",
            "bijk,bljk->bil",
            "bij,bij->b",
            "i,j->ij",
            "bij,jk",
            "ij , kj -> ik",
            "bij->bji",
            "bij->j",
            "ij->"
        );
        var operands = equation
            .Split("->")[0]
            .Split(',')
            .Select(letters => new Operand(draw.Floats([.. letters.Where(char.IsAsciiLetter).Select(letter => sizes[letter])])));
        return new OperatorCase("Einsum", Attributes.None.With("equation", equation), [.. operands]);
    }
}
