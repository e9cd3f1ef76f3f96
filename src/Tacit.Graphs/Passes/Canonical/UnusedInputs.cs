namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Removes inputs that no node reads, which some exporters leave behind.</summary>
public static class UnusedInputs
{
    /// <summary>Returns the network without unused inputs; the network itself if there are none.</summary>
    /// <param name="model">The network.</param>
    public static Model Remove(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graph = model.Graph;
        var used = graph.Inputs.Where(input => graph.IsOutput(input.Name) || graph.Consumers(input.Name).Length > 0).ToList();
        return used.Count == graph.Inputs.Length
            ? model
            : new Model(new Graph(graph.Name, used, graph.Initializers.Values, graph.Nodes, graph.Outputs), model.Weights, model.Metadata);
    }
}
