using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Computes values that depend only on initializers, such as axes that are reshaped before they are used.</summary>
/// <remarks>
/// The nodes that compute a value are placed into a small network, and shape inference evaluates it. Nothing is cached: each call costs a
/// search over at most 64 nodes.
/// </remarks>
/// <param name="initializers">The initializers. The dictionary may grow later.</param>
internal sealed class ComputedConstants(IReadOnlyDictionary<string, TensorData> initializers)
{
    // Exporters compute axes and sizes in a few steps.
    private const int MostNodes = 64;

    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);

    /// <summary>Adds a node. It must already have the form of the dialect.</summary>
    public void Add(Node node)
    {
        foreach (var output in node.Outputs.Where(output => output.Length > 0))
        {
            _producers[output] = node;
        }
    }

    /// <summary>Returns the elements of a value.</summary>
    /// <param name="value">The name of the value.</param>
    /// <returns>
    /// The elements; null if the value depends on inputs, on more than 64 nodes, or on operators that shape inference does not evaluate, or
    /// if its nodes are invalid. Invalid nodes are reported later, when the whole network is checked.
    /// </returns>
    public TensorData? Of(string value)
    {
        if (Computing(value) is not { Count: > 0 } nodes)
        {
            return null;
        }

        var read = nodes
            .SelectMany(node => node.Inputs)
            .Where(initializers.ContainsKey)
            .Distinct()
            .ToDictionary(name => name, name => initializers[name], StringComparer.Ordinal);
        try
        {
            var graph = new Graph(
                value,
                [],
                read.Select(entry => new Initializer(entry.Key, entry.Value.Type, WeightRole.Constant)),
                nodes,
                [new Value(value, new TensorType(ElementType.Int64, Shape.Scalar))]
            );
            return InferredGraph.Of(new Model(graph, new Weights(read)), inputs: null, _ => true).Values.GetValueOrDefault(value)?.ToData();
        }
        catch (Exception exception) when (exception is ContentException or ArgumentException or OverflowException)
        {
            // Errors in these nodes are reported later, when the whole network is checked.
            return null;
        }
    }

    /// <summary>Returns the nodes on which a value depends; null if it depends on more than initializers, or on too many nodes.</summary>
    private HashSet<Node>? Computing(string value)
    {
        var nodes = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<string>([value]);
        while (pending.TryPop(out var needed))
        {
            if (needed.Length == 0 || initializers.ContainsKey(needed))
            {
                continue;
            }

            if (!_producers.TryGetValue(needed, out var producer) || nodes.Count == MostNodes)
            {
                return null;
            }

            foreach (var input in nodes.Add(producer) ? producer.Inputs : [])
            {
                pending.Push(input);
            }
        }

        return nodes;
    }
}
