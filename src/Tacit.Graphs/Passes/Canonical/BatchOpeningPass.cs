using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Walks through a network of a fixed batch once and writes it for any number of batches.</summary>
/// <remarks>
/// <para>
/// A value of shape S holds the samples of a batch along one of its axes, all numbers of a sample together: (B · k, ...). Its part of
/// one sample, T, has k there. For B = 1 every axis will do, and T is S. In the opened network, the value exists in one or both of two
/// forms:
/// </para>
/// <list type="bullet">
/// <item>rows: (N · k, ...), if the samples are along the first axis. k is 1 in most networks.</item>
/// <item>beside: (N, T), with the samples along an axis of their own.</item>
/// </list>
/// <para>
/// An operator that keeps the rows of its input apart (<see cref="OperatorSchema.KeepsSamplesApart"/>) reads and gives rows. The others
/// need a rule of <see cref="BatchOpeningRules"/> for the form beside. Reshapes change the form (<see cref="BatchReshaping"/>).
/// </para>
/// </remarks>
internal sealed class BatchOpeningPass
{
    private readonly Model _model;
    private readonly Graph _graph;
    private readonly InferredGraph _before;
    private readonly InferredGraph _after;
    private readonly GraphBuilder _builder;
    private readonly Dimension _symbol;
    private readonly Dictionary<string, BatchedValue> _carriers = new(StringComparer.Ordinal);

    // The values that are computed from the number of samples.
    private readonly HashSet<string> _sizes = new(StringComparer.Ordinal);

    /// <summary>Prepares a walk through a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="batch">Its batch size.</param>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public BatchOpeningPass(Model model, long batch)
    {
        (_model, _graph, Batch) = (model, model.Graph, batch);
        _before = InferredGraph.Of(model);
        _symbol = Symbol(_graph);
        var empty = new Model(
            new Graph(
                _graph.Name,
                _graph.Inputs.Select(input => input with { Type = input.Type with { Shape = input.Type.Shape.With(0, _symbol) } }),
                _graph.Initializers.Values,
                [],
                []
            ),
            model.Weights,
            model.Metadata
        );
        _after = InferredGraph.Of(empty);
        _builder = new GraphBuilder(empty);
        foreach (var name in _graph.Nodes.SelectMany(node => node.Outputs.Append(node.Name)))
        {
            _builder.Unique(name);
        }
    }

    /// <summary>The batch size of the file.</summary>
    public long Batch { get; }

    /// <summary>Runs the walk. An instance can run only once.</summary>
    /// <returns>The opened network; null if a node fits neither form.</returns>
    public Model? Run()
    {
        foreach (var input in _graph.Inputs)
        {
            _carriers[input.Name] = new BatchedValue(input.Type.Shape, 0) { Rows = input.Name };
        }

        try
        {
            if (!_graph.Nodes.All(Convert) || !_graph.Outputs.All(Finish))
            {
                return null;
            }
        }
        catch (UnsuitableModelException)
        {
            // Shapes only fit at the fixed batch size.
            return null;
        }

        return _builder.Build();
    }

    /// <summary>The type of a value at the fixed batch size.</summary>
    public TensorType TypeOf(string value) => _before.Types[value];

    /// <summary>The value as it carries samples; null for a constant.</summary>
    public BatchedValue? Carrier(string value) => _carriers.GetValueOrDefault(value);

    /// <summary>The elements of a constant; null if they are computed from weights or data, or from the number of samples.</summary>
    public TensorData? Constant(string value) =>
        _graph.IsInitializer(value) ? _model.Weights[value]
        : _carriers.ContainsKey(value) || _sizes.Contains(value) ? null
        : _after.Values.GetValueOrDefault(value)?.ToData();

    /// <summary>The integers of a vector that the fixed batch size makes constant, such as axes and sizes; null if there are none.</summary>
    public long[]? Integers(string? value) =>
        value is not null
        && _before.Values.GetValueOrDefault(value)?.Elements.Select(element => element.Integer).ToArray() is { } elements
        && elements.All(element => element is not null)
            ? [.. elements.Select(element => element!.Value)]
            : null;

    /// <summary>Adds a constant vector of integers.</summary>
    public string Add(Node node, string what, params long[] values)
    {
        var name = _builder.Constant($"{node.Output}.{what}", values);
        _after.Add(name, _builder.Data(name));
        return name;
    }

    /// <summary>Adds a constant.</summary>
    public string Add(Node node, string what, TensorData data)
    {
        var name = _builder.Initializer($"{node.Output}.{what}", data, WeightRole.Constant);
        _after.Add(name, data);
        return name;
    }

    /// <summary>Adds a node of one output, between the nodes of the network.</summary>
    public string Add(string @operator, string[] inputs, Attributes? attributes, string name)
    {
        var node = _builder.Nodes.Count;
        var output = _builder.Add(@operator, inputs, attributes, name);
        _after.Add(_builder.Nodes[node]);
        return output;
    }

    /// <summary>Returns the name of a value beside other samples: (N, T). Adds a node if it exists only as rows.</summary>
    public string? Beside(string value)
    {
        var carrier = _carriers[value];
        if (carrier.Beside is null && BatchedValue.Sizes(carrier.Sample(Batch)) is { } sizes)
        {
            carrier.Beside = Reshaped(carrier.Rows!, value + ".samples", sizes[0] == 1 ? 0 : -1, sizes);
        }

        return carrier.Beside;
    }

    /// <summary>Takes a node that gives rows or samples beside each other, if the types of its outputs are what they must be.</summary>
    /// <param name="node">The converted node, with the outputs of the original one.</param>
    /// <param name="axis">The axis of the samples in its outputs at the fixed batch size.</param>
    /// <param name="asRows">Whether it gives rows.</param>
    public bool Take(Node node, int axis, bool asRows)
    {
        if (!Fits(node, axis, asRows))
        {
            return false;
        }

        // An output of the network whose form changes at the end leaves its name to the last form.
        string[] names =
        [
            .. node.Outputs.Select(output =>
                output.Length > 0 && _graph.IsOutput(output) && new BatchedValue(TypeOf(output).Shape, axis).IsPlain(Batch) != asRows
                    ? _builder.Unique(output + (asRows ? ".rows" : ".samples"))
                    : output
            ),
        ];
        foreach (var (output, name) in node.Outputs.Zip(names).Where(pair => pair.First.Length > 0))
        {
            _carriers[output] = new BatchedValue(TypeOf(output).Shape, axis) { Rows = asRows ? name : null, Beside = asRows ? null : name };
        }

        node = node with { Outputs = [.. names] };
        _after.Add(node);
        _builder.Add(node);
        return true;
    }

    /// <summary>
    /// Takes a node that reads and gives values beside other samples, if the types of its outputs are what they must be.
    /// </summary>
    /// <param name="node">The converted node, with the outputs of the original one.</param>
    /// <param name="axis">The axis of the samples in its outputs at the fixed batch size.</param>
    public bool TakeBeside(Node node, int axis) => Take(node, axis, asRows: false);

    private bool Convert(Node node)
    {
        bool[] carries = [.. node.Inputs.Select(_carriers.ContainsKey)];
        if (!carries.Contains(true) && !node.Inputs.Any(_sizes.Contains))
        {
            _after.Add(node);
            _builder.Add(node);
            return true;
        }

        if (node.Operator == "Shape" && carries[0])
        {
            return OfShape(node);
        }

        var isSized = node.Inputs.Where((input, i) => _sizes.Contains(input) && !IsShape(node.Operator, i)).Any();
        return carries.Contains(true)
            ? !isSized
                && (
                    AsRows(node, carries, always: false)
                    || BatchReshaping.TryApply(node, this)
                    || BatchOpeningRules.TryApply(node, this)
                    || AsRows(node, carries, always: true)
                )
            : OfSizes(node, isSized);
    }

    /// <summary>Converts a Shape: the shape of rows with the batch first, or the constant that it is for each batch.</summary>
    private bool OfShape(Node node)
    {
        var carrier = _carriers[node.Inputs[0]];
        if (carrier.Rows is { } rows && carrier.IsPlain(Batch))
        {
            node = node with { Inputs = [rows] };
            _after.Add(node);
            _builder.Add(node);
            Follow(node);
            return true;
        }

        if (Integers(node.Output) is not { } sizes)
        {
            return false;
        }

        node = node with { Operator = "Identity", Inputs = [Add(node, "sizes", sizes)], Attributes = Attributes.None };
        _after.Add(node);
        _builder.Add(node);
        return true;
    }

    /// <summary>Converts a node on values that are computed from the number of samples: more of them, or constants of each sample.</summary>
    private bool OfSizes(Node node, bool isSized)
    {
        _after.Add(node);
        if (node.Outputs.All(output => output.Length == 0 || _after.Types[output].Equals(_before.Types[output])))
        {
            _builder.Add(node);
            Follow(node);
            return true;
        }

        return !isSized && Take(node, axis: 0, asRows: true);
    }

    private void Follow(Node node) =>
        _sizes.UnionWith(node.Outputs.Where(output => output.Length > 0 && _after.Values.GetValueOrDefault(output)?.IsKnown != true));

    /// <summary>Lets a node that keeps rows apart read and give rows.</summary>
    /// <param name="node">The node.</param>
    /// <param name="carries">The inputs that carry samples.</param>
    /// <param name="always">Whether to bring operands to rows that have several for each sample.</param>
    private bool AsRows(Node node, bool[] carries, bool always)
    {
        var carriers = node.Inputs.Where((_, i) => carries[i]).ToList();
        var first = _carriers[carriers[0]];
        if (
            carriers.Any(value => Rows(value, always) is null || _carriers[value].Shape[0] != first.Shape[0])
            || node.Outputs.Any(output =>
                output.Length > 0 && (TypeOf(output).Shape is not { Rank: > 0 } shape || shape[0] != first.Shape[0])
            )
        )
        {
            return false;
        }

        var moved = node with { Inputs = [.. node.Inputs.Select((input, i) => carries[i] ? Rows(input, always)! : input)] };
        return Keeps(moved) || (ToRows(moved) is { } sized && Keeps(sized));

        bool Keeps(Node candidate) =>
            Fits(candidate, 0, asRows: true)
            && OperatorSchemas.Get(candidate).KeepsSamplesApart(_after.Call(candidate), carries)
            && Take(candidate, 0, asRows: true);
    }

    /// <summary>Returns a Resize to constant sizes with the number of rows in the place of the batch; null for other nodes.</summary>
    private Node? ToRows(Node node)
    {
        if (node.Operator != "Resize" || Integers(node.InputOrNull(3)) is not { } sizes)
        {
            return null;
        }

        var shape = Add("Shape", [node.Inputs[0]], null, node.Output + ".shape");
        var first = Add("Slice", [shape, Add(node, "start", 0), Add(node, "end", 1)], null, node.Output + ".batch");
        var all = Add("Concat", [first, Add(node, "sizes", sizes[1..])], Attributes.None.With("axis", 0), node.Output + ".sizes");
        return node with { Inputs = node.Inputs.SetItem(3, all) };
    }

    /// <summary>Gives an output of the network the form of rows with the batch first, or of samples beside each other.</summary>
    private bool Finish(Value output)
    {
        if (_carriers.GetValueOrDefault(output.Name) is not { } carrier || (Batch > 1 && carrier.Axis > 0))
        {
            return false;
        }

        var form = carrier.IsPlain(Batch) ? Rows(output.Name, always: false) : Beside(output.Name);
        if (form is null)
        {
            return false;
        }

        if (form != output.Name)
        {
            var identity = new Node(_builder.Unique(output.Name + ".form"), "Identity", [form], [output.Name], Attributes.None);
            _after.Add(identity);
            _builder.Add(identity);
        }

        _builder.Output(output.Name, _after.Types[output.Name].Shape, output.Type.Element);
        return true;
    }

    /// <summary>Returns the name of a value as rows; null if its samples are not along the first axis.</summary>
    private string? Rows(string value, bool always)
    {
        var carrier = _carriers[value];
        if (
            carrier.Rows is null
            && (carrier.IsPlain(Batch) || (always && carrier.Shape.Rank > 0 && carrier.Axis == 0))
            && BatchedValue.Sizes(carrier.Shape) is { } sizes
        )
        {
            carrier.Rows = Reshaped(carrier.Beside!, value + ".rows", carrier.IsPlain(Batch) ? 0 : -1, sizes[1..]);
        }

        return carrier.Rows;
    }

    private string Reshaped(string value, string name, long first, long[] behind)
    {
        var sizes = _builder.Constant(name + ".sizes", [first, .. behind]);
        _after.Add(sizes, _builder.Data(sizes));
        return Add("Reshape", [value, sizes], Attributes.None, name);
    }

    /// <summary>Returns whether a node gives values of the shapes of a form.</summary>
    private bool Fits(Node node, int axis, bool asRows)
    {
        try
        {
            _after.Add(node);
        }
        catch (UnsuitableModelException)
        {
            return false;
        }

        return node.Outputs.All(output =>
            output.Length == 0 || (Expected(output) is { } shape && _after.Types[output].Equals(TypeOf(output) with { Shape = shape }))
        );

        Shape? Expected(string output)
        {
            var value = new BatchedValue(TypeOf(output).Shape, axis);
            return !asRows
                ? value.Holds(Batch)
                    ? new Shape([_symbol, .. value.Sample(Batch)])
                    : null
                : value.Holds(Batch) && axis == 0 && value.Shape is { Rank: > 0 } shape
                    ? shape.With(0, ((SizeExpression)_symbol * (shape[0].Size / Batch)).ToDimension())
                    : null;
        }
    }

    /// <summary>Returns whether an operator takes the shape of its result from an input.</summary>
    private static bool IsShape(string @operator, int input) =>
        (@operator, input) is ("Reshape" or "Expand" or "Tile", 1) or ("ConstantOfShape", 0) or ("Resize", 3);

    /// <summary>Returns a symbol that occurs in no other size.</summary>
    private static string Symbol(Graph graph)
    {
        var symbol = "N";
        while (graph.Inputs.Any(input => input.Type.Shape.Any(size => size.Symbol?.Contains(symbol, StringComparison.Ordinal) == true)))
        {
            symbol += "_";
        }

        return symbol;
    }
}
