using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>A graph that is being read: a mutable collection of nodes, in file order, and initializers.</summary>
/// <remarks>
/// <see cref="DraftReader"/> fills it, <see cref="Upgrades.Upgrade"/> rewrites its nodes, and <see cref="ToModel"/> creates the immutable
/// network. The order of the nodes is that of the file, which ONNX requires to be topological.
/// </remarks>
internal sealed class GraphDraft
{
    private readonly string _name;
    private readonly Dictionary<string, TensorData> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shape> _shapes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _structural = new(StringComparer.Ordinal);
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);
    private HashSet<string> _needed = [];
    private List<Node> _nodes = [];
    private ComputedConstants _constants;
    private ElementTypes _elements;

    /// <summary>Creates an empty draft.</summary>
    /// <param name="source">The source of the network, for errors.</param>
    /// <param name="name">The name of the graph.</param>
    public GraphDraft(OnnxSource source, string name)
    {
        (Source, _name) = (source, name);
        (_constants, _elements) = (new ComputedConstants(_initializers), new ElementTypes(_initializers, Inputs));
    }

    /// <summary>The file, which creates the exceptions for its errors.</summary>
    public OnnxSource Source { get; }

    /// <summary>The opset of the file, 1 to 21.</summary>
    /// <exception cref="InvalidOperationException">The opset has not been read yet.</exception>
    public long Opset => Source.Opset!.Value;

    /// <summary>The inputs, in the order of the file. Initializers are not among them.</summary>
    public List<Value> Inputs { get; } = [];

    /// <summary>The outputs, in the order of the file.</summary>
    public List<Value> Outputs { get; } = [];

    /// <summary>The names of the outputs whose types the file does not declare. <see cref="ToModel"/> infers them.</summary>
    public HashSet<string> UntypedOutputs { get; } = new(StringComparer.Ordinal);

    /// <summary>The nodes, in topological order.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Reserves a name for a value.</summary>
    /// <exception cref="InvalidFileException">The name is in use.</exception>
    public void Define(string value)
    {
        if (!_values.Add(value))
        {
            throw Source.Invalid($"the value {value} is defined twice");
        }
    }

    /// <summary>Adds an initializer under a reserved name.</summary>
    /// <param name="value">The name, reserved with <see cref="Define"/> or <see cref="Unique(string)"/>.</param>
    /// <param name="data">The elements.</param>
    /// <param name="structural">Whether the initializer is a constant regardless of the nodes that read it.</param>
    public void AddInitializer(string value, TensorData data, bool structural = false)
    {
        _initializers.Add(value, data);
        if (structural)
        {
            _structural.Add(value);
        }
    }

    /// <summary>Determines whether a value is an initializer.</summary>
    public bool IsInitializer(string value) => _initializers.ContainsKey(value);

    /// <summary>Determines whether an initializer is a constant regardless of the nodes that read it.</summary>
    public bool IsStructural(string value) => _structural.Contains(value);

    /// <summary>Adds a constant and returns its name, which is <paramref name="name"/>, with a suffix when that is in use.</summary>
    public string Constant(string name, TensorData data)
    {
        name = Unique(name);
        AddInitializer(name, data, structural: true);
        return name;
    }

    /// <summary>Reserves an unused value name: <paramref name="name"/>, with a suffix when that is in use.</summary>
    public string Unique(string name) => Unique(name, _values);

    /// <summary>Reserves an unused node name: <paramref name="name"/>, with a suffix when that is in use.</summary>
    public string NodeName(string name) => Unique(name, _nodeNames);

    /// <summary>Adds a node after the existing ones.</summary>
    public void Add(Node node)
    {
        _nodes.Add(node);
        _constants.Add(node);
        _elements.Add(node);
    }

    /// <summary>Replaces every node.</summary>
    /// <param name="replace">Returns the replacement of a node. It may add nodes to the draft, which precede the replacement.</param>
    public void Rewrite(Func<Node, Node> replace)
    {
        var old = _nodes;
        _nodes = new List<Node>(old.Count);
        (_constants, _elements) = (new ComputedConstants(_initializers), new ElementTypes(_initializers, Inputs));
        foreach (var node in old)
        {
            Add(replace(node));
        }
    }

    /// <summary>Returns the elements of an initializer, or null when the value is not an initializer.</summary>
    public TensorData? Initializer(string value) => _initializers.GetValueOrDefault(value);

    /// <summary>Returns the elements of a value that is an initializer or is computed from initializers alone; otherwise null.</summary>
    /// <remarks>The preceding nodes must be in the form of the dialect.</remarks>
    public TensorData? Known(string? value) => value is null ? null : Initializer(value) ?? _constants.Of(value);

    /// <summary>Returns the element type of a value as inferred from the preceding nodes, or null when it is unknown.</summary>
    public ElementType? ElementOf(string value) => _elements.Of(value);

    /// <summary>
    /// Returns the shape of an initializer, the shape that the file declares for a value, or the shape that is inferred from the preceding
    /// nodes; null when there is none.
    /// </summary>
    public Shape? ShapeOf(string value) => Initializer(value)?.Shape ?? _shapes.GetValueOrDefault(value) ?? Inferred(value);

    /// <summary>Sets the declared shape of a value.</summary>
    public void Declare(string value, Shape shape) => _shapes[value] = shape;

    /// <summary>
    /// Determines whether an output of the graph depends on a value. The answer is that of the last call to <see cref="Prune"/>.
    /// </summary>
    public bool IsUsed(string value) => _needed.Contains(value);

    /// <summary>Removes the nodes and initializers on which no output depends.</summary>
    public void Prune()
    {
        var producers = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in _nodes)
        {
            foreach (var output in node.Outputs)
            {
                producers[output] = node;
            }
        }

        _needed = new HashSet<string>(StringComparer.Ordinal);
        var live = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<string>(Outputs.Select(output => output.Name));
        while (pending.TryPop(out var value))
        {
            if (value.Length > 0 && _needed.Add(value) && producers.TryGetValue(value, out var producer) && live.Add(producer))
            {
                foreach (var input in producer.Inputs)
                {
                    pending.Push(input);
                }
            }
        }

        _nodes.RemoveAll(node => !live.Contains(node));
        foreach (var unused in _initializers.Keys.Where(initializer => !_needed.Contains(initializer)).ToList())
        {
            _initializers.Remove(unused);
        }
    }

    /// <summary>Builds the network.</summary>
    /// <param name="metadata">The text properties of the file.</param>
    /// <exception cref="InvalidFileException">The parts do not form a valid graph.</exception>
    /// <exception cref="UnsuitableModelException">The type of an undeclared output cannot be inferred.</exception>
    public Model ToModel(ImmutableSortedDictionary<string, string> metadata)
    {
        var roles = new WeightRoles(this, _structural);
        try
        {
            var initializers = _initializers.Select(entry => new Initializer(
                entry.Key,
                entry.Value.Type,
                roles.Of(entry.Key, entry.Value)
            ));
            var model = new Model(new Graph(_name, Inputs, initializers, _nodes, Outputs), new Weights(_initializers), metadata);
            return UntypedOutputs.Count == 0 ? model : WithOutputTypes(model);
        }
        catch (ArgumentException exception)
        {
            throw Source.Invalid($"the graph is broken: {exception.Message}", inner: exception);
        }
    }

    private Shape? Inferred(string value)
    {
        if (!_nodes.Any(node => node.Outputs.Contains(value)))
        {
            return null;
        }

        try
        {
            var roles = new WeightRoles(this, _structural);
            var initializers = _initializers.Select(entry => new Initializer(
                entry.Key,
                entry.Value.Type,
                roles.Of(entry.Key, entry.Value)
            ));
            var graph = new Graph(
                _name,
                Inputs,
                initializers,
                _nodes,
                [new Value(value, new TensorType(ElementType.Float32, Shape.Scalar))]
            );
            var shape = ShapeInference.Infer(new Model(graph, new Weights(_initializers)))[value].Shape;
            Declare(value, shape);
            return shape;
        }
        catch (Exception exception) when (exception is ContentException or ArgumentException)
        {
            // Errors in these nodes are reported later, when the whole network is checked.
            return null;
        }
    }

    private Model WithOutputTypes(Model model)
    {
        try
        {
            var types = ShapeInference.Infer(model);
            var outputs = model.Graph.Outputs.Select(output =>
                UntypedOutputs.Contains(output.Name) ? output with { Type = types[output.Name] } : output
            );
            var graph = new Graph(_name, Inputs, model.Graph.Initializers.Values, model.Graph.Nodes, outputs);
            return new Model(graph, model.Weights, model.Metadata);
        }
        catch (UnsuitableModelException exception)
        {
            throw Source.Unsuitable(
                $"the output {UntypedOutputs.First()} has no shape in the file, and none was found: {exception.Message}"
            );
        }
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        var unique = name;
        for (var i = 1; !taken.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }
}
