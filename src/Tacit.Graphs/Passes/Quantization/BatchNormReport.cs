using Tacit.Graphs.Passes.Canonical;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Counts the batch norms of a network by the form in which an exporter wrote them.</summary>
/// <remarks>
/// Zero-shot quantisation synthesises samples from the running mean and variance of batch norms. Exporters often fold batch norms into
/// convolutions, after which only the user's own images can serve.
/// </remarks>
/// <param name="Kept">The number of BatchNormalization nodes. Their running statistics are available.</param>
/// <param name="Hidden">The number of batch norms written as Mul and Add after a convolution. Their statistics are lost.</param>
/// <param name="Folded">
/// The number of convolutions that have a bias but no batch norm. A batch norm may have been folded into them.
/// </param>
/// <param name="Bare">The number of convolutions that have neither a bias nor a batch norm.</param>
public sealed record BatchNormReport(int Kept, int Hidden, int Folded, int Bare)
{
    /// <summary>Counts the batch norms of a network.</summary>
    /// <param name="model">A network in its canonical form; see <see cref="Canonicalization"/>.</param>
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

    /// <summary>One line for the user: whether samples can be synthesised, and what to do otherwise.</summary>
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
