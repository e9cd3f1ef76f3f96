using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Clip with its bounds as inputs, on floating-point and integer tensors.</summary>
internal static class Clipping
{
    public static Kernel Compile(NodeSource source)
    {
        if (!source.Has(1) && !source.Has(2))
        {
            return x => [x[0].alias()];
        }

        var (low, high) = (source.Number(1), source.Number(2));
        if (source.Has(1) == low.HasValue && source.Has(2) == high.HasValue)
        {
            return x => [x[0].clamp(Bound(x[0], low), Bound(x[0], high))];
        }

        return x => [x[0].clamp(x.OrNull(1), x.OrNull(2))];
    }

    // A bound of another kind would change the type of the result.
    private static Scalar? Bound(Tensor x, double? bound)
    {
        if (bound is not { } value)
        {
            return null;
        }

        return x.is_floating_point() ? value.ToScalar() : ((long)value).ToScalar();
    }
}
