namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Brings what different exporters make of one network to one form, in which layers, norms and activations are recognised.</summary>
/// <remarks>
/// In turn: <see cref="WeightArrangement"/>, <see cref="ChannelsFirst"/>, <see cref="Rectifiers"/>, <see cref="PoolingPads"/>,
/// <see cref="GlobalMeans"/> and <see cref="LinearBias"/>. The network computes what it did; its inputs and outputs stay as they are.
/// </remarks>
public static class Canonicalization
{
    /// <summary>The network in the one form.</summary>
    /// <param name="model">The network, its constants folded: see <see cref="ConstantFolding"/>.</param>
    /// <exception cref="UnsuitableModelException">As in <see cref="Operators.ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model) =>
        LinearBias.Apply(GlobalMeans.Apply(PoolingPads.Apply(Rectifiers.Apply(ChannelsFirst.Apply(WeightArrangement.Apply(model))))));
}
