namespace Tacit.Graphs.Passes.Canonical;

/// <summary>
/// Rewrites the forms that different exporters give to one network into a single form, in which later passes find layers.
/// </summary>
/// <remarks>
/// <para>These passes run in this order. Each expects the result of those before it.</para>
/// <list type="number">
/// <item><see cref="WeightArrangement"/>: weights are transposed and reshaped once, so layers read initializers directly.</item>
/// <item><see cref="ChannelsFirst"/>: N x H x W x C becomes N x C x H x W.</item>
/// <item><see cref="Rectifiers"/>: Min and Max with a constant become Clip and Relu.</item>
/// <item><see cref="PoolingPads"/>: a Pad by minus infinity becomes the pads of a MaxPool.</item>
/// <item><see cref="GlobalMeans"/>: a ReduceMean over all positions becomes a GlobalAveragePool.</item>
/// <item><see cref="LinearBias"/>: MatMul and Add become a Gemm.</item>
/// </list>
/// <para>
/// The network computes the same function. The names and shapes of its inputs and outputs stay. A network that is already in this form is
/// returned as it is.
/// </para>
/// </remarks>
public static class Canonicalization
{
    /// <summary>Returns the network in the canonical form.</summary>
    /// <param name="model">The network after <see cref="ConstantFolding"/>, which turns axes, pads and sizes into initializers.</param>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="Operators.ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model) =>
        LinearBias.Apply(GlobalMeans.Apply(PoolingPads.Apply(Rectifiers.Apply(ChannelsFirst.Apply(WeightArrangement.Apply(model))))));
}
