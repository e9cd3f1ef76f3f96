namespace Tacit.Graphs.Operators;

/// <summary>The result of shape inference: the type of every value of a network and the known elements of small ones.</summary>
/// <remarks>
/// The nodes are visited once, in the order of the graph. For each node, the schema of its operator infers the output types. If all outputs
/// are small enough to follow (see <see cref="PartialTensor.Follows"/>), it also computes their elements as far as they are known.
/// </remarks>
internal sealed class InferredGraph
{
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PartialTensor> _values = new(StringComparer.Ordinal);

    private InferredGraph() { }

    /// <summary>Gets the types of all inputs, initializers and node outputs, by name.</summary>
    public IReadOnlyDictionary<string, TensorType> Types => _types;

    /// <summary>
    /// Gets the elements of the values that are followed, by name. A value that is too large or entirely unknown is absent.
    /// </summary>
    public IReadOnlyDictionary<string, PartialTensor> Values => _values;

    /// <summary>Infers the types of a network, reading its constants and integer initializers.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that replace the declared shapes of the inputs, by name. Null keeps the declared shapes.</param>
    /// <exception cref="UnsuitableModelException">
    /// Shapes do not fit, a size cannot be determined, or a given shape contradicts the declared one.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public static InferredGraph Of(Model model, IReadOnlyDictionary<string, Shape>? inputs = null) =>
        Of(
            model,
            inputs,
            initializer => initializer.Role == WeightRole.Constant || initializer.Type.Element is ElementType.Int64 or ElementType.Int32
        );

    /// <summary>Infers the types of a network, reading the elements of selected initializers.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that replace the declared shapes of the inputs, by name. Null keeps the declared shapes.</param>
    /// <param name="follows">Selects the initializers whose elements are read.</param>
    /// <exception cref="UnsuitableModelException">
    /// Shapes do not fit, a size cannot be determined, or a given shape contradicts the declared one.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public static InferredGraph Of(Model model, IReadOnlyDictionary<string, Shape>? inputs, Func<Initializer, bool> follows)
    {
        var inferred = new InferredGraph();
        inferred.AddInputs(model.Graph, inputs);
        foreach (var initializer in model.Graph.Initializers.Values)
        {
            inferred._types[initializer.Name] = initializer.Type;
            if (follows(initializer) && PartialTensor.Follows(initializer.Type))
            {
                inferred._values[initializer.Name] = PartialTensor.Of(model.Weights[initializer.Name]);
            }
        }

        foreach (var node in model.Graph.Nodes)
        {
            inferred.Add(node);
        }

        return inferred;
    }

    /// <summary>Returns a node together with the types and known elements of its inputs.</summary>
    /// <param name="node">A node of the network.</param>
    public OperatorCall Call(Node node) =>
        new(
            node,
            [.. node.Inputs.Select(input => _types.GetValueOrDefault(input))],
            [.. node.Inputs.Select(input => _values.GetValueOrDefault(input))]
        );

    /// <summary>Adds a constant.</summary>
    /// <param name="name">The name of the value.</param>
    /// <param name="data">Its elements.</param>
    public void Add(string name, TensorData data)
    {
        _types[name] = data.Type;
        if (PartialTensor.Follows(data.Type))
        {
            _values[name] = PartialTensor.Of(data);
        }
    }

    private void AddInputs(Graph graph, IReadOnlyDictionary<string, Shape>? given)
    {
        foreach (var input in graph.Inputs)
        {
            _types[input.Name] = input.Type;
        }

        foreach (var (name, shape) in given ?? new Dictionary<string, Shape>())
        {
            var declared =
                graph.Inputs.FirstOrDefault(input => input.Name == name)
                ?? throw new UnsuitableModelException(
                    $"the network has no input {name}; its inputs are {string.Join(", ", graph.Inputs.Select(input => input.Name))}"
                );
            var expected = declared.Type.Shape;
            if (shape.Rank != expected.Rank || shape.Zip(expected).Any(pair => pair.Second.IsKnown && pair.First != pair.Second))
            {
                throw new UnsuitableModelException($"the input {name} is {expected}; the given shape {shape} does not fit") { Node = name };
            }

            _types[name] = declared.Type with { Shape = shape };
        }
    }

    /// <summary>Infers the outputs of a node whose inputs are known. Types that were inferred for values of the same name are replaced.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="UnsuitableModelException">The inputs do not fit, or a size cannot be determined.</exception>
    /// <exception cref="UnsupportedOperatorException">The operator has no schema.</exception>
    public void Add(Node node)
    {
        var schema = OperatorSchemas.Get(node);
        var call = Call(node);
        var outputs = Infer(schema, call);
        var values = Evaluate(schema, call, outputs);
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
            {
                _types[node.Outputs[i]] = outputs[i];
                if (values is not null)
                {
                    _values[node.Outputs[i]] = values[i];
                }
                else
                {
                    _values.Remove(node.Outputs[i]);
                }
            }
        }
    }

    private static IReadOnlyList<TensorType> Infer(OperatorSchema schema, OperatorCall call)
    {
        var node = call.Node;
        if (node.Inputs.Length > schema.MaximumInputs || node.Outputs.Length > schema.MaximumOutputs)
        {
            throw call.Error($"it has {node.Inputs.Length} inputs and {node.Outputs.Length} outputs, more than {schema.Name} takes");
        }

        if (Enumerable.Range(0, schema.MinimumInputs).Where(input => !call.Has(input)).ToList() is [var missing, ..])
        {
            throw call.Error($"input {missing} is missing");
        }

        try
        {
            return schema.Infer(call);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArithmeticException)
        {
            // An attribute has the wrong type, or a size exceeds 64 bits.
            throw new UnsuitableModelException($"{node}: {exception.Message}", exception) { Node = node.Name };
        }
    }

    private static IReadOnlyList<PartialTensor>? Evaluate(OperatorSchema schema, OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        if (!outputs.All(PartialTensor.Follows))
        {
            return null;
        }

        try
        {
            return schema.Evaluate(call, outputs);
        }
        catch (ArithmeticException)
        {
            // The result of an overflow or a division by zero depends on the runtime, so the elements are unknown.
            return null;
        }
    }
}
