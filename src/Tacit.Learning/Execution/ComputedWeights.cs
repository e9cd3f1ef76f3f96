using Tacit.Graphs;
using Tacit.Graphs.Passes;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Computes weights once that a network computes from others each time it runs, as in weight standardisation.</summary>
/// <remarks>
/// <para>Before: weights → Sub, Div, ... → layer. After: weights → layer. The layer can then be quantised.</para>
/// <para>
/// <see cref="WeightArrangement"/> does the same where elements only move. This pass computes in single precision, as the network does,
/// up to rounding. The results are learned weights. Networks that are trained further should keep the arithmetic.
/// </para>
/// </remarks>
internal static class ComputedWeights
{
    /// <summary>Returns the network with its computed weights as initializers.</summary>
    /// <param name="model">The network.</param>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it computes no weights.</returns>
    public static Model Apply(Model model)
    {
        var graph = model.Graph;
        var data = graph.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var arithmetic = new List<Node>();
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.Any(data.Contains))
            {
                data.UnionWith(node.Outputs);
            }
            else
            {
                arithmetic.Add(node);
            }
        }

        List<string> values =
        [
            .. arithmetic
                .SelectMany(node => node.Outputs)
                .Where(value =>
                    value.Length > 0 && !graph.IsOutput(value) && graph.Consumers(value).Any(reader => reader.Outputs.Any(data.Contains))
                ),
        ];
        if (values.Count == 0)
        {
            return model;
        }

        var builder = new GraphBuilder(model);
        foreach (var (value, tensor) in Compute(model, arithmetic, values).Where(pair => pair.Data.Element == ElementType.Float32))
        {
            builder.Redirect(value, builder.Initializer(value + ".computed", tensor));
        }

        return builder.Build();
    }

    private static List<(string Value, TensorData Data)> Compute(Model model, List<Node> nodes, List<string> values)
    {
        var read = nodes.SelectMany(node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        var initializers = model.Graph.Initializers.Values.Where(initializer => read.Contains(initializer.Name)).ToList();
        var alone = new Model(
            new Graph(model.Graph.Name, [], initializers, nodes, []),
            new Weights(initializers.Select(initializer => KeyValuePair.Create(initializer.Name, model.Weights[initializer.Name])))
        );
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var weights = TorchWeights.From(alone, CPU, trainable: false);
        using var results = new GraphModule(alone).Run(weights, new Dictionary<string, Tensor>(StringComparer.Ordinal), taps: values);
        return values.ConvertAll(value => (value, results[value].ToData()));
    }
}
