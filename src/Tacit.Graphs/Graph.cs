using System.Collections.Immutable;

namespace Tacit.Graphs;

/// <summary>A named value and its type, as the inputs and outputs of a graph declare it.</summary>
public sealed record Value(string Name, TensorType Type);

/// <summary>What an initializer is for.</summary>
public enum WeightRole
{
    /// <summary>Learnt: has a gradient in training.</summary>
    Parameter,

    /// <summary>Observed in training, such as a running mean or an activation range; has no gradient.</summary>
    Statistic,

    /// <summary>Part of the structure, such as the sizes of a reshape.</summary>
    Constant,
}

/// <summary>A weight's place in a graph: its type and role. The elements lie apart, in <see cref="Weights"/>.</summary>
public sealed record Initializer(string Name, TensorType Type, WeightRole Role);

/// <summary>One operation: an operator applied to named values. An input of "" is an optional one left out.</summary>
public sealed record Node(
    string Name,
    string Operator,
    ImmutableArray<string> Inputs,
    ImmutableArray<string> Outputs,
    Attributes Attributes
)
{
    /// <summary>The first output.</summary>
    public string Output => Outputs[0];

    /// <summary>The input at <paramref name="index"/>, or null where it is left out.</summary>
    public string? InputOrNull(int index) => index < Inputs.Length && Inputs[index].Length > 0 ? Inputs[index] : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Operator} {Name}";
}

/// <summary>The structure of a network: values joined by nodes, in an order in which they can be computed.</summary>
/// <remarks>
/// Immutable. Every value is defined once, by an input, an initializer or a node. The operators are ONNX's in the forms of
/// opset 17 (domain "ai.onnx"), and Tacit's own FakeQuantize.
/// </remarks>
public sealed class Graph
{
    private readonly ImmutableDictionary<string, Node> _producers;
    private readonly ImmutableDictionary<string, ImmutableArray<Node>> _consumers;

    /// <summary>A graph of the given parts; the nodes are put in an order in which they can be computed.</summary>
    /// <exception cref="ArgumentException">A value is defined twice or not at all, or nodes form a circle.</exception>
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

    /// <summary>The name of the graph.</summary>
    public string Name { get; }

    /// <summary>The inputs, without the initializers.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>The outputs.</summary>
    public ImmutableArray<Value> Outputs { get; }

    /// <summary>The nodes; each comes after those whose outputs it reads.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The initializers by name.</summary>
    public ImmutableDictionary<string, Initializer> Initializers { get; }

    /// <summary>The node that computes a value; null where it is an input or an initializer.</summary>
    public Node? Producer(string value) => _producers.GetValueOrDefault(value);

    /// <summary>The nodes that read a value, in order.</summary>
    public ImmutableArray<Node> Consumers(string value) => _consumers.GetValueOrDefault(value, []);

    /// <summary>Whether the value is an output of the graph.</summary>
    public bool IsOutput(string value) => Outputs.Any(output => output.Name == value);

    /// <summary>Whether the value is an initializer.</summary>
    public bool IsInitializer(string value) => Initializers.ContainsKey(value);

    // Kahn's algorithm; among the nodes that are ready the earliest in the given order comes first.
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
            throw new ArgumentException($"nodes form a circle through {nodes[Array.FindIndex(missing, count => count > 0)]}");
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
