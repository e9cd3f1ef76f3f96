using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Clip, whose bounds are inputs since opset 11.</summary>
internal static class Clipping
{
    /// <summary>Clip: min(max(x, low), high), element-wise, on floats and integers.</summary>
    /// <remarks>
    /// Inputs: x of any shape, low and high as scalars, each optional. Constant bounds are converted to the element type of x, because
    /// libtorch would otherwise promote the result.
    /// </remarks>
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

    // A bound of another kind of number would change the element type of the result.
    private static Scalar? Bound(Tensor x, double? bound)
    {
        if (bound is not { } value)
        {
            return null;
        }

        return x.is_floating_point() ? value.ToScalar() : ((long)value).ToScalar();
    }
}
