using System.Collections.Immutable;

namespace Tacit.Graphs;

/// <summary>A named input or output of a graph.</summary>
/// <param name="Name">The name, unique in the graph.</param>
/// <param name="Type">The declared element type and shape. Sizes may be symbolic.</param>
public sealed record Value(string Name, TensorType Type);

/// <summary>The role of an initializer, which decides whether it is trained, saved or treated as structure.</summary>
public enum WeightRole
{
    /// <summary>A learned weight. It has a gradient in training.</summary>
    Parameter,

    /// <summary>A value that is observed in training, such as a running mean or an activation range. It has no gradient.</summary>
    Statistic,

    /// <summary>A part of the structure, such as the sizes of a Reshape.</summary>
    Constant,
}

/// <summary>A named weight of a graph. The elements are stored separately in <see cref="Weights"/>.</summary>
/// <param name="Name">The name, unique in the graph.</param>
/// <param name="Type">The element type and shape, all sizes known.</param>
/// <param name="Role">The role of the weight.</param>
public sealed record Initializer(string Name, TensorType Type, WeightRole Role);

/// <summary>An operation: an operator that is applied to named values.</summary>
/// <param name="Name">The name of the node.</param>
/// <param name="Operator">The ONNX operator name, such as "Conv".</param>
/// <param name="Inputs">The names of the inputs. An empty string stands for an optional input that is left out.</param>
/// <param name="Outputs">The names of the outputs. An empty string stands for an output that is not used.</param>
/// <param name="Attributes">The attributes.</param>
public sealed record Node(
    string Name,
    string Operator,
    ImmutableArray<string> Inputs,
    ImmutableArray<string> Outputs,
    Attributes Attributes
)
{
    /// <summary>Gets the name of the first output.</summary>
    public string Output => Outputs[0];

    /// <summary>Returns the name of an input, or null when it is left out.</summary>
    /// <param name="index">The zero-based index of the input.</param>
    public string? InputOrNull(int index) => index < Inputs.Length && Inputs[index].Length > 0 ? Inputs[index] : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Operator} {Name}";
}

/// <summary>The structure of a network: nodes that are connected by named values, in topological order. Immutable.</summary>
/// <remarks>
/// Every value is defined exactly once, by an input, an initializer or a node. The operators are those of ONNX opset 17 (domain "ai.onnx")
/// and Tacit's own FakeQuantize.
/// </remarks>
public sealed class Graph
{
    private readonly ImmutableDictionary<string, Node> _producers;
    private readonly ImmutableDictionary<string, ImmutableArray<Node>> _consumers;

    /// <summary>Creates a graph and sorts its nodes topologically.</summary>
    /// <remarks>The sort is stable: nodes keep their order where the dependencies allow it.</remarks>
    /// <param name="name">The name of the graph.</param>
    /// <param name="inputs">The inputs, without initializers.</param>
    /// <param name="initializers">The initializers.</param>
    /// <param name="nodes">The nodes, in any order.</param>
    /// <param name="outputs">The outputs. Each must be defined by an input, an initializer or a node.</param>
    /// <exception cref="ArgumentException">A value is defined twice or not at all, or the nodes form a cycle.</exception>
    public Graph(
        string name,
        IEnumerable<Value> inputs,
        IEnumerable<Initializer> initializers,
        IEnumerable<Node> nodes,
        IEnumerable<Value> outputs
    )
    {
        Name = name;
        Inputs = [.. inputs];
        Initializers = initializers.ToImmutableDictionary(initializer => initializer.Name, StringComparer.Ordinal);
        Outputs = [.. outputs];
        Nodes = Sort([.. nodes]);
        _producers = Nodes
            .SelectMany(node => node.Outputs.Where(output => output.Length > 0).Select(output => KeyValuePair.Create(output, node)))
            .ToImmutableDictionary(StringComparer.Ordinal);
        _consumers = Nodes
            .SelectMany(node => node.Inputs.Where(input => input.Length > 0).Distinct().Select(input => (input, node)))
            .GroupBy(use => use.input, StringComparer.Ordinal)
            .ToImmutableDictionary(uses => uses.Key, uses => uses.Select(use => use.node).ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>Gets the name of the graph.</summary>
    public string Name { get; }

    /// <summary>Gets the inputs in declaration order. Initializers are not included.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>Gets the outputs in declaration order.</summary>
    public ImmutableArray<Value> Outputs { get; }

    /// <summary>Gets the nodes in topological order: each node follows the nodes whose outputs it reads.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Gets the initializers by name.</summary>
    public ImmutableDictionary<string, Initializer> Initializers { get; }

    /// <summary>Returns the node that computes a value, or null when the value is an input, an initializer or unknown.</summary>
    public Node? Producer(string value) => _producers.GetValueOrDefault(value);

    /// <summary>Returns the nodes that read a value, in topological order; empty when there are none.</summary>
    public ImmutableArray<Node> Consumers(string value) => _consumers.GetValueOrDefault(value, []);

    /// <summary>Determines whether a value is an output of the graph.</summary>
    public bool IsOutput(string value) => Outputs.Any(output => output.Name == value);

    /// <summary>Determines whether a value is an initializer.</summary>
    public bool IsInitializer(string value) => Initializers.ContainsKey(value);

    // Kahn's algorithm. Among the nodes that are ready, the earliest in the given order comes first.
    private ImmutableArray<Node> Sort(ImmutableArray<Node> nodes)
    {
        var defined = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Inputs.Select(input => input.Name).Concat(Initializers.Keys))
        {
            Define(name);
        }

        var waiting = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var missing = new int[nodes.Length];
        var ready = new PriorityQueue<int, int>();
        var produced = nodes.SelectMany(node => node.Outputs).Where(output => output.Length > 0).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var input in nodes[i].Inputs.Where(input => input.Length > 0 && !defined.Contains(input)).Distinct())
            {
                if (!produced.Contains(input))
                {
                    throw new ArgumentException($"{nodes[i]} reads {input}, which nothing defines");
                }

                (waiting.TryGetValue(input, out var readers) ? readers : waiting[input] = []).Add(i);
                missing[i]++;
            }

            if (missing[i] == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        var sorted = ImmutableArray.CreateBuilder<Node>(nodes.Length);
        while (ready.TryDequeue(out var next, out _))
        {
            sorted.Add(nodes[next]);
            foreach (var output in nodes[next].Outputs.Where(output => output.Length > 0))
            {
                Define(output);
                foreach (var reader in waiting.GetValueOrDefault(output, []))
                {
                    if (--missing[reader] == 0)
                    {
                        ready.Enqueue(reader, reader);
                    }
                }
            }
        }

        if (sorted.Count < nodes.Length)
        {
            throw new ArgumentException($"nodes form a cycle through {nodes[Array.FindIndex(missing, count => count > 0)]}");
        }

        foreach (var output in Outputs.Where(output => !defined.Contains(output.Name)))
        {
            throw new ArgumentException($"nothing defines the output {output.Name}");
        }

        return sorted.MoveToImmutable();

        void Define(string name)
        {
            if (!defined.Add(name))
            {
                throw new ArgumentException($"the value {name} is defined twice");
            }
        }
    }
}
