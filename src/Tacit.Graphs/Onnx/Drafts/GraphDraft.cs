using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>A graph while it is read: parts that may still change, in the file's order.</summary>
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

    public GraphDraft(OnnxSource source, string name)
    {
        (Source, _name) = (source, name);
        (_constants, _elements) = (new ComputedConstants(_initializers), new ElementTypes(_initializers, Inputs));
    }

    public OnnxSource Source { get; }

    public long Opset => Source.Opset!.Value;

    public List<Value> Inputs { get; } = [];

    public List<Value> Outputs { get; } = [];

    /// <summary>The outputs whose type the file does not declare.</summary>
    public HashSet<string> UntypedOutputs { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Takes a name for a value.</summary>
    /// <exception cref="InvalidFileException">It is taken.</exception>
    public void Define(string value)
    {
        if (!_values.Add(value))
        {
            throw Source.Invalid($"the value {value} is defined twice");
        }
    }

    /// <summary>Adds an initializer under a name that <see cref="Define"/> has taken.</summary>
    /// <param name="value">The name.</param>
    /// <param name="data">The elements.</param>
    /// <param name="structural">Whether it is a constant whoever reads it.</param>
    public void AddInitializer(string value, TensorData data, bool structural = false)
    {
        _initializers.Add(value, data);
        if (structural)
        {
            _structural.Add(value);
        }
    }

    public bool IsInitializer(string value) => _initializers.ContainsKey(value);

    /// <summary>Whether an initializer is a constant whoever reads it.</summary>
    public bool IsStructural(string value) => _structural.Contains(value);

    /// <summary>Adds a constant under a name like <paramref name="name"/> and returns its name.</summary>
    public string Constant(string name, TensorData data)
    {
        name = Unique(name);
        AddInitializer(name, data, structural: true);
        return name;
    }

    /// <summary>A new name like <paramref name="name"/> for a value.</summary>
    public string Unique(string name) => Unique(name, _values);

    /// <summary>A new name like <paramref name="name"/> for a node.</summary>
    public string NodeName(string name) => Unique(name, _nodeNames);

    public void Add(Node node)
    {
        _nodes.Add(node);
        _constants.Add(node);
        _elements.Add(node);
    }

    /// <summary>Puts what <paramref name="replace"/> makes of each node in its place; it may add nodes that come before.</summary>
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

    /// <summary>The elements of an initializer; null where a value is none.</summary>
    public TensorData? Initializer(string value) => _initializers.GetValueOrDefault(value);

    /// <summary>The elements of a value that is an initializer, or that follows from some, as far as the nodes before are in the dialect; otherwise null.</summary>
    public TensorData? Known(string? value) => value is null ? null : Initializer(value) ?? _constants.Of(value);

    /// <summary>The type of a value's elements, as far as it follows from the nodes before; otherwise null.</summary>
    public ElementType? ElementOf(string value) => _elements.Of(value);

    /// <summary>The shape that the file declares for a value; null where it does not.</summary>
    public Shape? ShapeOf(string value) => Initializer(value)?.Shape ?? _shapes.GetValueOrDefault(value);

    public void Declare(string value, Shape shape) => _shapes[value] = shape;

    /// <summary>Whether an output of the graph depends on the value, as far as <see cref="Prune"/> has found out.</summary>
    public bool IsUsed(string value) => _needed.Contains(value);

    /// <summary>Leaves out the nodes and initializers that no output depends on.</summary>
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

    /// <summary>The finished network.</summary>
    /// <exception cref="InvalidFileException">The parts do not make a graph.</exception>
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
