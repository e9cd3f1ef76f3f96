using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Computes values that depend only on initializers, such as axes that are reshaped before use.</summary>
/// <param name="initializers">The initializers. The dictionary may grow later.</param>
internal sealed class ComputedConstants(IReadOnlyDictionary<string, TensorData> initializers)
{
    // Exporters compute axes and sizes in a few steps.
    private const int MostNodes = 64;

    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);

    /// <summary>Adds a node in the form of the dialect.</summary>
    public void Add(Node node)
    {
        foreach (var output in node.Outputs.Where(output => output.Length > 0))
        {
            _producers[output] = node;
        }
    }

    /// <summary>
    /// Computes a value, or returns null when it depends on inputs, on more than 64 nodes, or on operators whose elements are not followed.
    /// </summary>
    /// <param name="value">The name of the value.</param>
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
            // What is wrong with these nodes is said where the network is looked at as a whole.
            return null;
        }
    }

    // The nodes that a value depends on; null where it depends on more than initializers.
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
