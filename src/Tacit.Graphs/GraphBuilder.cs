using System.Collections.Immutable;

namespace Tacit.Graphs;

/// <summary>Builds a network node by node, or rewrites one.</summary>
/// <example><code>
/// var builder = new GraphBuilder("tiny");
/// var x = builder.Input("x", new("N", 3, 32, 32));
/// var y = builder.Add("Relu", [x]);
/// builder.Output(y, new("N", 3, 32, 32));
/// Model model = builder.Build();
/// </code></example>
public sealed class GraphBuilder
{
    private readonly string _name;
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _outputs = [];
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, (Initializer Initializer, TensorData Data)> _initializers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, string>? _metadata;

    /// <summary>Starts an empty graph.</summary>
    public GraphBuilder(string name) => _name = name;

    /// <summary>Starts from a network, to rewrite it.</summary>
    public GraphBuilder(Model model)
        : this(model.Graph.Name)
    {
        _inputs.AddRange(model.Graph.Inputs);
        _outputs.AddRange(model.Graph.Outputs);
        _nodes.AddRange(model.Graph.Nodes);
        _metadata = model.Metadata;
        foreach (var initializer in model.Graph.Initializers.Values)
        {
            _initializers.Add(initializer.Name, (initializer, model.Weights[initializer.Name]));
        }

        _names.UnionWith(_inputs.Select(input => input.Name));
        _names.UnionWith(_initializers.Keys);
        _names.UnionWith(_nodes.SelectMany(node => node.Outputs));
        _names.UnionWith(_nodes.Select(node => node.Name));
    }

    /// <summary>The nodes so far.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Declares an input and returns its name.</summary>
    public string Input(string name, Shape shape, ElementType element = ElementType.Float32)
    {
        _names.Add(name);
        _inputs.Add(new Value(name, new TensorType(element, shape)));
        return name;
    }

    /// <summary>Declares an output.</summary>
    public void Output(string value, Shape shape, ElementType element = ElementType.Float32) =>
        _outputs.Add(new Value(value, new TensorType(element, shape)));

    /// <summary>Adds an initializer and returns its name, which is made unique.</summary>
    public string Initializer(string name, TensorData data, WeightRole role = WeightRole.Parameter)
    {
        name = Unique(name);
        _initializers.Add(name, (new Initializer(name, data.Type, role), data));
        return name;
    }

    /// <summary>Adds an integer vector that is part of the structure, such as the sizes of a reshape.</summary>
    public string Constant(string name, params ReadOnlySpan<long> values) => Initializer(name, TensorData.Of(values), WeightRole.Constant);

    /// <summary>Whether an initializer has this name.</summary>
    public bool HasInitializer(string name) => _initializers.ContainsKey(name);

    /// <summary>The elements of an initializer.</summary>
    public TensorData Data(string initializer) => _initializers[initializer].Data;

    /// <summary>Replaces the elements of an initializer, which may change its type.</summary>
    public void SetData(string initializer, TensorData data) =>
        _initializers[initializer] = (_initializers[initializer].Initializer with { Type = data.Type }, data);

    /// <summary>Adds a node of one output and returns the output's name, made unique from <paramref name="name"/> or the operator.</summary>
    public string Add(string @operator, ReadOnlySpan<string> inputs, Attributes? attributes = null, string? name = null)
    {
        var output = Unique(name ?? @operator);
        _nodes.Add(new Node(output, @operator, [.. inputs], [output], attributes ?? Attributes.None));
        return output;
    }

    /// <summary>Adds a node as it is; its outputs must be new names.</summary>
    public void Add(Node node)
    {
        _names.Add(node.Name);
        _names.UnionWith(node.Outputs);
        _nodes.Add(node);
    }

    /// <summary>Replaces a node by another.</summary>
    /// <exception cref="ArgumentException"><paramref name="node"/> is not in the graph.</exception>
    public void Replace(Node node, Node replacement)
    {
        var index = _nodes.FindIndex(candidate => ReferenceEquals(candidate, node));
        _nodes[index >= 0 ? index : throw new ArgumentException($"{node} is not in the graph", nameof(node))] = replacement;
        _names.UnionWith(replacement.Outputs);
    }

    /// <summary>Removes a node. What read its outputs must be redirected before <see cref="Build"/>.</summary>
    public void Remove(Node node) => _nodes.RemoveAll(candidate => ReferenceEquals(candidate, node));

    /// <summary>Makes every reader of a value, or those for which <paramref name="where"/> holds, read another.</summary>
    /// <remarks>Outputs of the graph keep their value: its name is part of the contract.</remarks>
    public void Redirect(string from, string to, Func<Node, bool>? where = null)
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            var node = _nodes[i];
            if (node.Inputs.Contains(from) && (where is null || where(node)))
            {
                _nodes[i] = node with { Inputs = [.. node.Inputs.Select(input => input == from ? to : input)] };
            }
        }
    }

    /// <summary>A name like <paramref name="name"/> that nothing has yet.</summary>
    public string Unique(string name)
    {
        var unique = name;
        for (var i = 1; !_names.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }

    /// <summary>The network. Nodes and initializers that no output depends on are left out.</summary>
    /// <exception cref="ArgumentException">The parts do not make a graph.</exception>
    public Model Build()
    {
        var producers = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in _nodes)
        {
            foreach (var output in node.Outputs.Where(output => output.Length > 0))
            {
                if (!producers.TryAdd(output, node))
                {
                    throw new ArgumentException($"the value {output} is defined twice");
                }
            }
        }

        var needed = new HashSet<string>(StringComparer.Ordinal);
        var live = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<string>(_outputs.Select(output => output.Name));
        while (pending.TryPop(out var value))
        {
            if (needed.Add(value) && producers.TryGetValue(value, out var producer) && live.Add(producer))
            {
                foreach (var input in producer.Inputs)
                {
                    pending.Push(input);
                }
            }
        }

        var initializers = _initializers.Values.Where(entry => needed.Contains(entry.Initializer.Name)).ToList();
        return new Model(
            new Graph(_name, _inputs, initializers.Select(entry => entry.Initializer), _nodes.Where(live.Contains), _outputs),
            new Weights(initializers.Select(entry => KeyValuePair.Create(entry.Initializer.Name, entry.Data))),
            _metadata
        );
    }
}
