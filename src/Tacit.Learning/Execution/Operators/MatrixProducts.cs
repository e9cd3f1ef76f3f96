using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes MatMul, Gemm and Einsum.</summary>
internal static class MatrixProducts
{
    /// <summary>MatMul: (..., M, K) · (..., K, N) → (..., M, N). The leading axes broadcast, and vectors behave as in NumPy.</summary>
    public static Kernel MatMul(NodeSource source) => x => [Product(x[0], x[1])];

    /// <summary>Einsum of one or two operands by the attribute <c>equation</c>, for example "bij,bjk->bik".</summary>
    public static Kernel Einsum(NodeSource source)
    {
        var equation = source.Attributes.Text("equation");
        return x => [x.Count == 1 ? einsum(equation, x[0]) : einsum(equation, x[0], x[1])];
    }

    /// <summary>Gemm: alpha · A · B + beta · C with A (M, K), B (K, N) and C that broadcasts to (M, N), optional.</summary>
    /// <remarks>
    /// <c>transA</c> and <c>transB</c> transpose the operands. The form of a linear layer (B (N, K) with transB, C (N), alpha = beta = 1)
    /// uses libtorch's linear function.
    /// </remarks>
    public static Kernel Gemm(NodeSource source)
    {
        var alpha = source.Attributes.Float("alpha", 1);
        var beta = source.Attributes.Float("beta", 1);
        var transposeA = source.Attributes.Int("transA") != 0;
        var transposeB = source.Attributes.Int("transB") != 0;
        var isLinear = alpha == 1 && beta == 1 && !transposeA && transposeB;
        return x =>
        {
            var bias = x.OrNull(2);
            if (isLinear && (bias is null || (bias.dim() == 1 && bias.shape[0] == x[1].shape[0])))
            {
                return [functional.linear(x[0], x[1], bias)];
            }

            using var a = transposeA ? x[0].t() : x[0].alias();
            using var b = transposeB ? x[1].t() : x[1].alias();
            using var product = Product(a, b);
            if (bias is null || beta == 0)
            {
                return [product * alpha];
            }

            using var scaled = product * alpha;
            using var added = bias * beta;
            return [scaled + added];
        };
    }

    /// <summary>
    /// Multiplies matrices after verifying their sizes. The native function does not catch its exception, which would end the process.
    /// </summary>
    private static Tensor Product(Tensor a, Tensor b)
    {
        var (left, right) = (a.shape, b.shape);
        var fits = left.Length > 0 && right.Length > 0 && left[^1] == right[^Math.Min(2, right.Length)];
        for (var i = 3; fits && i <= Math.Min(left.Length, right.Length); i++)
        {
            fits = left[^i] == right[^i] || left[^i] == 1 || right[^i] == 1;
        }

        return fits ? a.matmul(b) : throw new ArgumentException("the factors' sizes do not fit each other", nameof(b));
    }
}
