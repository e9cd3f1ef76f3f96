using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Walks through a network once and converts values to the channels-first order where this saves a Transpose.</summary>
/// <remarks>
/// <para>
/// A value can exist in the order of the network, in the channels-first order, or in both. A missing form is created by a Transpose when a
/// node first reads it, and later readers share it.
/// </para>
/// <para>
/// A backward walk first finds the nodes that want their inputs channels first: Transposes to that order, and nodes with a rule whose
/// readers all want it. A forward walk then converts the nodes.
/// </para>
/// </remarks>
internal sealed class ChannelsFirstPass
{
    private const string Suffix = ".channels_first";

    private readonly Model _model;
    private readonly Graph _graph;
    private readonly IReadOnlyDictionary<string, TensorType> _types;
    private readonly GraphBuilder _builder;
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _there;
    private readonly Dictionary<string, string> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _same = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _undone = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, int), string> _constants = [];
    private readonly HashSet<Node> _wanting = new(ReferenceEqualityComparer.Instance);
    private bool _changed;

    /// <summary>Prepares a walk through a network.</summary>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public ChannelsFirstPass(Model model)
    {
        (_model, _graph) = (model, model.Graph);
        _types = ShapeInference.Infer(model);
        _builder = new GraphBuilder(model);
        _there = [.. _graph.Inputs.Select(input => input.Name), .. _graph.Initializers.Keys];
        foreach (var node in _graph.Nodes)
        {
            _builder.Remove(node);
        }
    }

    /// <summary>Runs the walk. An instance can run only once.</summary>
    /// <returns>The rewritten network; the original one if no node could be converted.</returns>
    public Model Run()
    {
        foreach (var node in _graph.Nodes.Reverse())
        {
            if (ChannelOrder.IsToFirst(node) || (ChannelsFirstRules.Knows(node) && node.Outputs.All(IsWanted)))
            {
                _wanting.Add(node);
            }
        }

        foreach (var node in _graph.Nodes)
        {
            Convert(node);
        }

        foreach (var output in _graph.Outputs)
        {
            AsIs(output.Name);
        }

        return _changed ? Build() : _model;
    }

    /// <summary>Returns the inferred shape of a value in the axis order of the original network.</summary>
    public Shape ShapeOf(string value) => _types[value].Shape;

    /// <summary>Returns whether a value has readers and all of them want it channels first. Outputs of the graph never qualify.</summary>
    public bool IsWanted(string value) =>
        !_graph.IsOutput(value) && _graph.Consumers(value) is { IsEmpty: false } readers && readers.All(_wanting.Contains);

    /// <summary>Returns whether a value already exists in the channels-first order.</summary>
    public bool HasFirst(string value) => _first.ContainsKey(value);

    /// <summary>Returns whether a value exists only in the channels-first order, so the original order would cost a Transpose.</summary>
    public bool IsFirst(string value) => _first.ContainsKey(value) && !_there.Contains(value);

    /// <summary>Returns the elements of an initializer; null if the value is computed or is an input.</summary>
    public TensorData? Data(string value) => _graph.IsInitializer(value) ? _model.Weights[value] : null;

    /// <summary>
    /// Returns the name of a value in the axis order of the original network. Adds a Transpose if the value is missing in this order.
    /// </summary>
    public string AsIs(string value)
    {
        if (_same.TryGetValue(value, out var same) && !_graph.IsOutput(value))
        {
            return same;
        }

        if (value.Length > 0 && _there.Add(value))
        {
            _nodes.Add(
                _same.ContainsKey(value) ? new Node(_builder.Unique(value), "Identity", [same!], [value], Attributes.None)
                : _undone.TryGetValue(value, out var undone) ? undone with { Inputs = [_first[value]] }
                : Reorder(_builder.Unique(value + ".channels_last"), _first[value], value, ChannelOrder.ToLast(ShapeOf(value).Rank))
            );
        }

        return value;
    }

    /// <summary>Returns the name of a value in the channels-first order. Adds a Transpose if the value is missing in this order.</summary>
    public string First(string value)
    {
        if (!_first.TryGetValue(value, out var first))
        {
            var name = _builder.Unique(value + Suffix);
            _nodes.Add(Reorder(name, AsIs(value), name, ChannelOrder.ToFirst(ShapeOf(value).Rank)));
            first = _first[value] = name;
        }

        return first;
    }

    /// <summary>Returns the name of a constant that broadcasts against values in the channels-first order.</summary>
    /// <remarks>
    /// The sizes are extended by leading ones to <paramref name="rank"/>, as broadcasting does, and then transposed: a bias (C) becomes (1,
    /// C, 1, 1). A scalar needs no change. The result is stored once for each pair of constant and rank.
    /// </remarks>
    /// <param name="value">The initializer, of at most <paramref name="rank"/> dimensions.</param>
    /// <param name="rank">The rank of the value that the constant is combined with.</param>
    public string FirstConstant(string value, int rank)
    {
        var data = _model.Weights[value];
        if (data.Sizes.Length == 0 || (data.Count == 1 && data.Sizes.Length < rank))
        {
            return value;
        }

        if (!_constants.TryGetValue((value, rank), out var name))
        {
            long[] sizes = [.. Enumerable.Repeat(1L, rank - data.Sizes.Length), .. data.Sizes];
            var first = data.Reshape(sizes).Transpose([.. ChannelOrder.ToFirst(rank).Select(axis => (int)axis)]);
            name = _constants[(value, rank)] = _builder.Initializer(value + Suffix, first, _graph.Initializers[value].Role);
        }

        return name;
    }

    /// <summary>Adds a constant Int64 vector, such as axes or pads, named after a node's output.</summary>
    public string Constant(Node node, string what, params ReadOnlySpan<long> values) => _builder.Constant($"{node.Output}.{what}", values);

    /// <summary>Adds a node whose outputs are in the channels-first order.</summary>
    /// <param name="node">The node with converted inputs. Its outputs have the original names and are renamed.</param>
    public void AddFirst(Node node)
    {
        _changed = true;
        string[] outputs = [.. node.Outputs.Select(output => _first[output] = _builder.Unique(output + Suffix))];
        _nodes.Add(node with { Outputs = [.. outputs] });
    }

    /// <summary>Adds a node whose outputs are in the axis order of the original network.</summary>
    /// <param name="node">The node with its final inputs.</param>
    /// <param name="changed">Whether the node differs from that of the network, so the walk counts as successful.</param>
    public void AddAsIs(Node node, bool changed = true)
    {
        _changed |= changed;
        _nodes.Add(node);
        _there.UnionWith(node.Outputs);
    }

    /// <summary>Converts a node: a Transpose cancels, a node with a rule moves to the other axis order, all others stay.</summary>
    private void Convert(Node node)
    {
        if (ChannelOrder.IsToFirst(node))
        {
            ToFirst(node);
        }
        else if (ChannelOrder.IsToLast(node) && !_graph.IsInitializer(node.Inputs[0]))
        {
            _first[node.Output] = AsIs(node.Inputs[0]);
            _undone[node.Output] = node;
        }
        else if (!ChannelsFirstRules.TryApply(node, this))
        {
            AddAsIs(node with { Inputs = [.. node.Inputs.Select(AsIs)] }, changed: false);
        }
    }

    private void ToFirst(Node node)
    {
        var value = node.Inputs[0];
        if (_first.TryGetValue(value, out var first))
        {
            _changed = true;
            _same[node.Output] = first;
        }
        else
        {
            AddAsIs(node with { Inputs = [AsIs(value)] }, changed: false);
            if (!_graph.IsInitializer(value))
            {
                _first[value] = node.Output;
            }
        }
    }

    private static Node Reorder(string name, string from, string to, ImmutableArray<long> axes) =>
        new(name, "Transpose", [from], [to], Attributes.None.With("perm", axes));

    /// <summary>Builds the network. A value that exists in one order only gets its original name.</summary>
    private Model Build()
    {
        var produced = _nodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        var names = _first
            .Where(value =>
                value.Value.StartsWith(value.Key + Suffix, StringComparison.Ordinal)
                && produced.Contains(value.Value)
                && !_there.Contains(value.Key)
            )
            .ToDictionary(value => value.Value, value => value.Key, StringComparer.Ordinal);
        foreach (var node in _nodes)
        {
            _builder.Add(node with { Inputs = [.. node.Inputs.Select(Name)], Outputs = [.. node.Outputs.Select(Name)] });
        }

        return _builder.Build();

        string Name(string value) => names.GetValueOrDefault(value, value);
    }
}
