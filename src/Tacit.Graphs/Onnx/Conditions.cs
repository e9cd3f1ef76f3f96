using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx;

/// <summary>Finds out which branch an If takes, where that follows from constants and sizes, as it does where PyTorch's exporter writes a Squeeze.</summary>
/// <param name="source">Where the network is read from.</param>
/// <param name="graph">What is before the If; it may grow from one question to the next.</param>
internal sealed class Conditions(OnnxSource source, GraphProto graph)
{
    private const int MostNodes = 10_000_000;

    private long _nodes;

    /// <summary>Whether an If takes its then_branch: what computes its condition is read as a network of its own.</summary>
    /// <exception cref="UnsupportedOperatorException">That is not known before the network runs.</exception>
    public bool Holds(NodeProto node)
    {
        if (node.Input is not [{ Length: > 0 } condition])
        {
            throw source.Invalid($"If {node.Name} must have one input, its condition");
        }

        if ((_nodes += graph.Node.Count) > MostNodes)
        {
            throw source.Unsuitable("the graph holds too many Ifs; export the network without them");
        }

        var model = OnnxReader.Read(Computing(condition), source, ImmutableSortedDictionary<string, string>.Empty);
        try
        {
            var known = InferredGraph.Of(model, inputs: null, initializer => initializer.Role == WeightRole.Constant).Values;
            return known.GetValueOrDefault(condition)?.Elements is [{ Integer: { } truth }] ? truth != 0 : throw Undecided(node);
        }
        catch (UnsuitableModelException)
        {
            throw Undecided(node);
        }
    }

    private UnsupportedOperatorException Undecided(NodeProto node) =>
        source.Unsupported(
            node.OpType,
            node.Name,
            "its condition depends on what the network computes, or on sizes that are not known or do not fit; export the network with fixed sizes, without dynamic axes (a fixed batch is opened again), or without the If"
        );

    // The condition and what it depends on; the rest of the network is not looked at.
    private GraphProto Computing(string condition)
    {
        var producers = new Dictionary<string, NodeProto>(StringComparer.Ordinal);
        foreach (var (output, producer) in graph.Node.SelectMany(node => node.Output.Select(output => (output, node))))
        {
            producers[output] = producer;
        }

        var needed = new HashSet<string>(StringComparer.Ordinal) { condition };
        var pending = new Stack<string>(needed);
        while (pending.TryPop(out var value))
        {
            foreach (var input in producers.GetValueOrDefault(value)?.Input.Where(input => input.Length > 0 && needed.Add(input)) ?? [])
            {
                pending.Push(input);
            }
        }

        return new GraphProto
        {
            Name = graph.Name,
            Input = { graph.Input },
            Initializer = { graph.Initializer.Where(initializer => needed.Contains(initializer.Name)) },
            ValueInfo = { graph.ValueInfo },
            Node = { graph.Node.Where(node => node.Output.Any(needed.Contains)) },
            Output = { Truth(condition) },
        };
    }

    private static ValueInfoProto Truth(string name) =>
        new()
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Boolean, Shape = new TensorShapeProto() },
            },
        };
}
