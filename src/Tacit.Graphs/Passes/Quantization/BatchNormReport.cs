using Tacit.Graphs.Passes.Canonical;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>What an exporter made of a network's batch norms.</summary>
/// <param name="Kept">Those that are in the graph, with their running statistics.</param>
/// <param name="Hidden">Those that are written as a Mul and an Add after a convolution: their statistics are lost.</param>
/// <param name="Folded">Convolutions with a bias and no batch norm after them, into which one may have been folded.</param>
/// <param name="Bare">Convolutions with neither.</param>
public sealed record BatchNormReport(int Kept, int Hidden, int Folded, int Bare)
{
    /// <summary>How many there are in a network; of one in its normal form, see <see cref="Canonicalization"/>.</summary>
    public static BatchNormReport Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graph = model.Graph;
        var convolutions = graph
            .Nodes.Where(node => node.Operator == "Conv")
            .Select(node => (Node: node, After: DecomposedBatchNorm.After(node, model)))
            .ToList();
        var hidden = convolutions.Count(convolution => convolution.After is { IsNorm: true });
        var alone = convolutions
            .Where(convolution =>
                convolution.After is not { IsNorm: true }
                && graph
                    .Consumers(convolution.After?.Output ?? convolution.Node.Output)
                    .All(reader => reader.Operator != "BatchNormalization")
            )
            .ToList();
        var folded = alone.Count(convolution => convolution.Node.InputOrNull(2) is not null || convolution.After is not null);
        return new BatchNormReport(graph.Nodes.Count(node => node.Operator == "BatchNormalization"), hidden, folded, alone.Count - folded);
    }

    /// <summary>One line that says what that means for quantisation without data.</summary>
    public string Explanation =>
        this switch
        {
            { Hidden: > 0, Kept: 0 } => $"{Count(Hidden)} written as Mul and Add: the running statistics are lost",
            { Hidden: > 0 } =>
                $"{Count(Kept)} kept: samples can be synthesised from their statistics; {Count(Hidden)} written as Mul and Add: the running statistics are lost",
            { Kept: > 0 } => $"{Count(Kept)} kept: samples can be synthesised from their statistics",
            { Folded: > 0, Bare: 0 } => "none, or folded into the convolutions, so that their running statistics are lost",
            _ => "the network has no batch norms to synthesise samples from",
        };

    private static string Count(int norms) => norms == 1 ? "1 batch norm is" : $"{norms} batch norms are";
}
