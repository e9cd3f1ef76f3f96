using System.Collections.Immutable;

namespace Tacit.Graphs;

/// <summary>Builds a network node by node, or rewrites an existing one.</summary>
/// <example>
/// <code>
/// var builder = new GraphBuilder("tiny");
/// var x = builder.Input("x", new("N", 3, 32, 32));
/// var y = builder.Add("Relu", [x]);
/// builder.Output(y, new("N", 3, 32, 32));
/// Model model = builder.Build();
/// </code>
/// </example>
public sealed class GraphBuilder
{
    private readonly string _name;
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _outputs = [];
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, (Initializer Initializer, TensorData Data)> _initializers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, string>? _metadata;

    /// <summary>Starts an empty graph with the given name.</summary>
    public GraphBuilder(string name) => _name = name;

    /// <summary>Starts with a copy of an existing network, including its weights and metadata. The network itself is not changed.</summary>
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
    }

    /// <summary>
    /// Gets the current nodes. The list changes as nodes are added, replaced and removed; copy it before iterating over it while rewriting.
    /// </summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Declares an input and returns its name.</summary>
    /// <param name="name">The name, which must not be in use.</param>
    /// <param name="shape">The shape. Sizes may be symbolic.</param>
    /// <param name="element">The element type. Default: Float32.</param>
    public string Input(string name, Shape shape, ElementType element = ElementType.Float32)
    {
        _names.Add(name);
        _inputs.Add(new Value(name, new TensorType(element, shape)));
        return name;
    }

    /// <summary>Declares a value as an output.</summary>
    /// <param name="value">The name of the value.</param>
    /// <param name="shape">The shape. Sizes may be symbolic.</param>
    /// <param name="element">The element type. Default: Float32.</param>
    public void Output(string value, Shape shape, ElementType element = ElementType.Float32) =>
        _outputs.Add(new Value(value, new TensorType(element, shape)));

    /// <summary>Adds an initializer.</summary>
    /// <param name="name">The desired name; a suffix is added when it is in use.</param>
    /// <param name="data">The elements.</param>
    /// <param name="role">The role. Default: a learned parameter.</param>
    /// <returns>The unique name of the initializer.</returns>
    public string Initializer(string name, TensorData data, WeightRole role = WeightRole.Parameter)
    {
        name = Unique(name);
        _initializers.Add(name, (new Initializer(name, data.Type, role), data));
        return name;
    }

    /// <summary>Adds an Int64 vector with the role <see cref="WeightRole.Constant"/>, such as the sizes of a Reshape.</summary>
    /// <returns>The unique name of the initializer.</returns>
    public string Constant(string name, params ReadOnlySpan<long> values) => Initializer(name, TensorData.Of(values), WeightRole.Constant);

    /// <summary>Determines whether an initializer with this name exists.</summary>
    public bool HasInitializer(string name) => _initializers.ContainsKey(name);

    /// <summary>Returns the elements of an initializer.</summary>
    /// <exception cref="KeyNotFoundException">The initializer does not exist.</exception>
    public TensorData Data(string initializer) => _initializers[initializer].Data;

    /// <summary>Replaces the elements of an initializer. The element type and shape may change; the role is kept.</summary>
    /// <exception cref="KeyNotFoundException">The initializer does not exist.</exception>
    public void SetData(string initializer, TensorData data) =>
        _initializers[initializer] = (_initializers[initializer].Initializer with { Type = data.Type }, data);

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operator">The ONNX operator name.</param>
    /// <param name="inputs">The names of the inputs; an empty string for an input that is left out.</param>
    /// <param name="attributes">The attributes. Null for none.</param>
    /// <param name="name">
    /// The desired name of the node and its output. Null uses the operator name. A suffix is added when the name is in use.
    /// </param>
    /// <returns>The unique name of the output.</returns>
    public string Add(string @operator, ReadOnlySpan<string> inputs, Attributes? attributes = null, string? name = null)
    {
        var output = Unique(name ?? @operator);
        _nodes.Add(new Node(output, @operator, [.. inputs], [output], attributes ?? Attributes.None));
        return output;
    }

    /// <summary>Adds a node unchanged. The names of its outputs must not be in use.</summary>
    public void Add(Node node)
    {
        _names.UnionWith(node.Outputs);
        _nodes.Add(node);
    }

    /// <summary>Replaces a node, which is identified by reference.</summary>
    /// <exception cref="ArgumentException"><paramref name="node"/> is not in the graph.</exception>
    public void Replace(Node node, Node replacement)
    {
        var index = _nodes.FindIndex(candidate => ReferenceEquals(candidate, node));
        _nodes[index >= 0 ? index : throw new ArgumentException($"{node} is not in the graph", nameof(node))] = replacement;
        _names.UnionWith(replacement.Outputs);
    }

    /// <summary>
    /// Removes a node, which is identified by reference. Readers of its outputs must be redirected before <see cref="Build"/>.
    /// </summary>
    public void Remove(Node node) => _nodes.RemoveAll(candidate => ReferenceEquals(candidate, node));

    /// <summary>Makes the readers of one value read another value.</summary>
    /// <remarks>An output of the graph is not redirected, because its name is part of the network's interface.</remarks>
    /// <param name="from">The value that is read now.</param>
    /// <param name="to">The value to read instead.</param>
    /// <param name="where">Selects the readers. Null selects all of them.</param>
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

    /// <summary>
    /// Returns an unused name and reserves it: <paramref name="name"/> itself, or <paramref name="name"/> with the suffix _1, _2 and so on.
    /// </summary>
    public string Unique(string name)
    {
        var unique = name;
        for (var i = 1; !_names.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }

    /// <summary>Builds the network. Nodes and initializers on which no output depends are removed.</summary>
    /// <exception cref="ArgumentException">A value is defined twice or not at all, or the nodes form a cycle.</exception>
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

        // Nodes are named apart from values. A node may have the name that a new node takes from its value.
        var names = new HashSet<string>(StringComparer.Ordinal);
        var nodes = _nodes.Where(live.Contains).Select(node => names.Add(node.Name) ? node : node with { Name = Free(node.Name) }).ToList();
        var initializers = _initializers.Values.Where(entry => needed.Contains(entry.Initializer.Name)).ToList();
        return new Model(
            new Graph(_name, _inputs, initializers.Select(entry => entry.Initializer), nodes, _outputs),
            new Weights(initializers.Select(entry => KeyValuePair.Create(entry.Initializer.Name, entry.Data))),
            _metadata
        );

        string Free(string name) =>
            Enumerable.Range(1, int.MaxValue).Select(i => $"{name}_{i}").First(free => !_names.Contains(free) && names.Add(free));
    }
}
