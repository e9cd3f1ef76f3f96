using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Gemm and MatMul.</summary>
internal static class MatrixProducts
{
    public static Kernel MatMul(NodeSource source) => x => [x[0].matmul(x[1])];

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
            using var product = a.matmul(b);
            if (bias is null || beta == 0)
            {
                return [product * alpha];
            }

            using var scaled = product * alpha;
            using var added = bias * beta;
            return [scaled + added];
        };
    }
}
