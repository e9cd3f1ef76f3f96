using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx;

/// <summary>Determines which branch an If takes when its condition follows from constants and sizes.</summary>
/// <remarks>
/// PyTorch's exporter writes such an If for a Squeeze whose effect depends on a size. The nodes that compute the condition are read as a
/// separate network, and shape inference computes their value. The rest of the network is ignored.
/// </remarks>
/// <param name="source">The file, for error messages.</param>
/// <param name="graph">The nodes before the If. The graph may grow between calls.</param>
internal sealed class Conditions(OnnxSource source, GraphProto graph)
{
    /// <summary>The largest number of nodes that all searches together may visit.</summary>
    private const int MostNodes = 10_000_000;

    private long _nodes;

    /// <summary>Returns whether an If takes its <c>then_branch</c>.</summary>
    /// <param name="node">The If node.</param>
    /// <exception cref="InvalidFileException">The node does not have exactly one input.</exception>
    /// <exception cref="UnsupportedOperatorException">The condition depends on the network's data or on unknown sizes.</exception>
    /// <exception cref="UnsuitableModelException">
    /// The searches of all Ifs so far would read more than ten million nodes. This limits the time that a malicious file can take.
    /// </exception>
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

    /// <summary>Creates the exception for a condition that is not known in advance, with advice on the export.</summary>
    private UnsupportedOperatorException Undecided(NodeProto node) =>
        source.Unsupported(
            node.OpType,
            node.Name,
            "its condition depends on what the network computes, or on sizes that are not known or do not fit; export the network with fixed sizes, without dynamic axes (a fixed batch is opened again), or without the If"
        );

    /// <summary>Returns a graph with the condition as its only output and all nodes that it depends on.</summary>
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

    /// <summary>Declares a Boolean scalar as the output of the graph.</summary>
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
