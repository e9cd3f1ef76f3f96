using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Computes in advance what depends only on constants and shapes, and removes nodes without effect.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>
/// Small values that do not depend on learned weights become initializers of role <see cref="WeightRole.Constant"/>, under their own names.
/// An example is Shape → Gather → Concat, which computes the sizes of a Reshape.
/// </item>
/// <item>
/// A Reshape to partly known sizes, such as (N, 64), gets constant sizes: 0 copies a size that stays, and at most one size is -1.
/// </item>
/// <item>
/// Nodes without effect are bypassed: Identity; Cast and Reshape to the type of their input; Pad by zero elements; x + 0, x - 0, x · 1 and
/// x / 1 without broadcasting of x; Concat of one operand. Dropout stays.
/// </item>
/// <item>Nodes and initializers that no output depends on are removed.</item>
/// </list>
/// The pass is exact. Outputs keep their names. All declared types are replaced by the inferred ones.
/// </remarks>
public static class ConstantFolding
{
    /// <summary>Returns the folded network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">
    /// Shapes that replace the declared ones, by the name of the input. The folded network is only valid for them, because sizes become
    /// constants. Null keeps the declared shapes.
    /// </param>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public static Model Apply(Model model, IReadOnlyDictionary<string, Shape>? inputs = null)
    {
        var inferred = InferredGraph.Of(model, inputs, initializer => initializer.Role == WeightRole.Constant);
        var constants = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (var node in model.Graph.Nodes)
        {
            if (Constants(node, model.Graph, inferred) is { } values)
            {
                values.ForEach(value => constants.Add(value.Key, value.Value));
            }
            else
            {
                nodes.Add(node.Operator == "Reshape" ? WithConstantSizes(node, inferred, constants) : node);
            }
        }

        return Assemble(model, inferred, constants, Bypass(model.Graph, nodes, inferred));
    }

    /// <summary>
    /// Returns the outputs of a node if all of their elements are known; null otherwise, or if one is an output of the graph.
    /// </summary>
    private static List<KeyValuePair<string, TensorData>>? Constants(Node node, Graph graph, InferredGraph inferred)
    {
        var constants = new List<KeyValuePair<string, TensorData>>();
        foreach (var output in node.Outputs.Where(output => output.Length > 0))
        {
            if (graph.IsOutput(output) || !inferred.Values.TryGetValue(output, out var value) || Pack(value) is not { } data)
            {
                return null;
            }

            constants.Add(KeyValuePair.Create(output, data));
        }

        return constants;
    }

    private static TensorData? Pack(PartialTensor value)
    {
        try
        {
            return value.ToData();
        }
        catch (OverflowException)
        {
            // An integer overflows its type. The runtime computes the node.
            return null;
        }
    }

    /// <summary>Replaces the computed sizes of a Reshape by constants if the shape of its result is known up to one size.</summary>
    private static Node WithConstantSizes(Node node, InferredGraph inferred, Dictionary<string, TensorData> constants)
    {
        if (!inferred.Values.TryGetValue(node.Inputs[1], out var stated) || stated.IsKnown)
        {
            return node;
        }

        var x = inferred.Types[node.Inputs[0]].Shape;
        var result = inferred.Types[node.Output].Shape;
        if (node.Attributes.Int("allowzero") != 0 && result.Contains(0))
        {
            return node;
        }

        var sizes = result
            .Select(
                (size, axis) =>
                    size.IsKnown ? size.Size
                    : axis < x.Rank && x[axis] == size ? 0
                    : -1
            )
            .ToArray();
        if (sizes.Count(size => size == -1) > 1)
        {
            return node;
        }

        var name = node.Output + ".sizes";
        while (inferred.Types.ContainsKey(name))
        {
            name += "_";
        }

        constants.Add(name, TensorData.Of<long>(sizes));
        return node with { Inputs = node.Inputs.SetItem(1, name), Attributes = node.Attributes.Without("allowzero") };
    }

    /// <summary>Removes nodes without effect. Their readers read their inputs.</summary>
    private static List<Node> Bypass(Graph graph, List<Node> nodes, InferredGraph inferred)
    {
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        var kept = new List<Node>();
        var inner = nodes.SelectMany(node => node.Outputs).Where(output => !graph.IsOutput(output)).ToHashSet(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (Unchanged(node, inferred) is not { } value)
            {
                kept.Add(node);
            }
            else if (!graph.IsOutput(node.Output))
            {
                renamed[node.Output] = value;
            }
            else if (inner.Contains(Current(value)))
            {
                // An output of the graph keeps its name. Therefore, the node before takes over the name.
                inner.Remove(Current(value));
                renamed[Current(value)] = node.Output;
            }
            else
            {
                kept.Add(node);
            }
        }

        return
        [
            .. kept.Select(node => node with { Inputs = [.. node.Inputs.Select(Current)], Outputs = [.. node.Outputs.Select(Current)] }),
        ];

        string Current(string value)
        {
            while (renamed.TryGetValue(value, out var next))
            {
                value = next;
            }

            return value;
        }
    }

    /// <summary>Returns the input that a node passes on unchanged; null if it has an effect.</summary>
    private static string? Unchanged(Node node, InferredGraph inferred)
    {
        return node.Operator switch
        {
            "Identity" => node.Inputs[0],
            "Cast" or "Reshape" => Where(inferred.Types[node.Output].Equals(inferred.Types[node.Inputs[0]])),
            "Pad" => Where(inferred.Values.TryGetValue(node.Inputs[1], out var pads) && pads.Elements.All(pad => pad.Integer == 0)),
            "Concat" => Where(node.Inputs.Length == 1),
            "Add" => Beside(0, 1, 0) ?? Beside(1, 0, 0),
            "Sub" => Beside(0, 1, 0),
            "Mul" => Beside(0, 1, 1) ?? Beside(1, 0, 1),
            "Div" => Beside(0, 1, 1),
            _ => null,
        };

        string? Where(bool unchanged) => unchanged ? node.Inputs[0] : null;

        // The operand, if all elements of the other one are the neutral number, and broadcasting does not change the shape.
        string? Beside(int operand, int other, int neutral) =>
            inferred.Types[node.Output].Equals(inferred.Types[node.Inputs[operand]])
            && inferred.Values.TryGetValue(node.Inputs[other], out var value)
            && value.Elements.All(number => (number.Integer ?? number.Real) == neutral)
                ? node.Inputs[operand]
                : null;
    }

    private static Model Assemble(Model model, InferredGraph inferred, Dictionary<string, TensorData> constants, List<Node> nodes)
    {
        var graph = new Graph(
            model.Graph.Name,
            model.Graph.Inputs.Select(Typed),
            model.Graph.Initializers.Values.Concat(
                constants.Select(constant => new Initializer(constant.Key, constant.Value.Type, WeightRole.Constant))
            ),
            nodes,
            model.Graph.Outputs.Select(Typed)
        );

        // Building removes everything that no output depends on.
        return new GraphBuilder(new Model(graph, model.Weights.With(constants), model.Metadata)).Build();

        Value Typed(Value value) => value with { Type = inferred.Types[value.Name] };
    }
}
