using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Replaces calls of the file's own functions by their bodies, and each If by the branch that it takes.</summary>
/// <remarks>
/// <para>
/// Before: f(x) → y with f = (a → Relu → Neg). After: x → Relu → Neg → y, with the value in between named "call/value" after the calling
/// node. Exporters such as PyTorch's dynamo write functions for layers.
/// </para>
/// <para>
/// Functions may call other functions up to 64 levels deep, but not themselves. A graph may grow to a million nodes; this protects from
/// files that expand exponentially.
/// </para>
/// </remarks>
internal sealed class Inlining
{
    /// <summary>The largest depth of nested calls.</summary>
    private const int DeepestCall = 64;

    /// <summary>The largest number of nodes after inlining.</summary>
    private const int MostNodes = 1_000_000;

    private readonly OnnxSource _source;
    private readonly GraphProto _graph;
    private readonly GraphProto _inlined;
    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private readonly Dictionary<(string Domain, string Name), int> _sizes = [];
    private readonly HashSet<string> _names;
    private readonly Conditions _conditions;
    private int _nodes;

    /// <summary>Prepares inlining for a file.</summary>
    /// <param name="source">The file, for its opset and for error messages.</param>
    /// <param name="model">The content of the file: its graph and functions. It is not changed.</param>
    /// <exception cref="InvalidFileException">A function is defined twice.</exception>
    public Inlining(OnnxSource source, ModelProto model)
    {
        (_source, _graph) = (source, model.Graph);
        foreach (var function in model.Functions)
        {
            if (!_functions.TryAdd((function.Domain, function.Name), function))
            {
                throw source.Invalid($"the function {function.Domain}.{function.Name} is defined twice");
            }
        }

        _inlined = new GraphProto
        {
            Name = _graph.Name,
            Input = { _graph.Input },
            Output = { _graph.Output },
            Initializer = { _graph.Initializer },
            SparseInitializer = { _graph.SparseInitializer },
            ValueInfo = { _graph.ValueInfo },
        };
        _names = Names(_graph).ToHashSet(StringComparer.Ordinal);
        _conditions = new Conditions(source, _inlined);
    }

    /// <summary>Returns a graph without function calls and Ifs. An instance can inline only once.</summary>
    /// <exception cref="InvalidFileException">
    /// A function calls itself or has fewer inputs or outputs than a call, or an If lacks the branch that it takes.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">
    /// The condition of an If is not known in advance, or a function is written in another opset than the file.
    /// </exception>
    /// <exception cref="UnsuitableModelException">The graph would have more than a million nodes.</exception>
    public GraphProto Inline()
    {
        foreach (var node in _graph.Node)
        {
            Add(node, 0);
        }

        return _inlined;
    }

    private static IEnumerable<string> Names(GraphProto graph) =>
        graph
            .Node.SelectMany(node => node.Output.Append(node.Name))
            .Concat(graph.Initializer.Select(initializer => initializer.Name))
            .Concat(graph.Input.Select(input => input.Name))
            .Concat(
                graph
                    .Node.SelectMany(node => node.Attribute)
                    .Where(attribute => attribute.G is not null)
                    .SelectMany(attribute => Names(attribute.G))
            );

    private void Add(NodeProto node, int depth)
    {
        var function = FunctionOf(node);
        if (++_nodes + (function is null ? 0 : Size(function, depth)) > MostNodes)
        {
            throw _source.Unsuitable($"the graph has more than {MostNodes} nodes once its functions and branches are inlined");
        }

        if (function is not null)
        {
            Call(node, function, depth);
        }
        else if (node.OpType == "If" && SupportedOperators.IsOnnxDomain(node.Domain))
        {
            Take(node, depth);
        }
        else
        {
            _inlined.Node.Add(node);
        }
    }

    private FunctionProto? FunctionOf(NodeProto node) => _functions.GetValueOrDefault((node.Domain, node.OpType));

    /// <summary>
    /// Returns a lower bound of the number of nodes of a call, at most one more than allowed. Branches of Ifs are not counted. It detects
    /// files that expand exponentially before any memory is used.
    /// </summary>
    private int Size(FunctionProto function, int depth)
    {
        var key = (function.Domain, function.Name);
        if (depth < DeepestCall && _sizes.TryAdd(key, 0))
        {
            _sizes[key] = function.Node.Aggregate(
                0,
                (size, node) => Math.Min(MostNodes + 1, size + 1 + (FunctionOf(node) is { } called ? Size(called, depth + 1) : 0))
            );
        }

        return _sizes.GetValueOrDefault(key);
    }

    /// <summary>Replaces a call by the body of its function.</summary>
    private void Call(NodeProto call, FunctionProto function, int depth)
    {
        if (depth == DeepestCall)
        {
            throw _source.Invalid($"the function {function.Domain}.{function.Name} calls itself, or nests more than {DeepestCall} calls");
        }

        if (call.Input.Count > function.Input.Count || call.Output.Count > function.Output.Count)
        {
            throw _source.Invalid(
                $"{call.OpType} {call.Name} has {call.Input.Count} inputs and {call.Output.Count} outputs, more than the function takes"
            );
        }

        if (
            function.OpsetImport.FirstOrDefault(import => SupportedOperators.IsOnnxDomain(import.Domain)) is { } import
            && import.Version != _source.Opset
        )
        {
            throw _source.Unsupported(
                call.OpType,
                call.Name,
                $"the function is written in opset {import.Version}, the file in {_source.Opset}; export the network with functions inlined"
            );
        }

        var body = new InlinedBody(Scope(call), _names, attribute => Given(attribute, call, function));
        for (var i = 0; i < function.Input.Count; i++)
        {
            body.TryName(function.Input[i], i < call.Input.Count ? call.Input[i] : "");
        }

        Put(body, call, function.Output, function.Node, depth + 1);
    }

    /// <summary>
    /// Replaces an If by the branch that it takes. A branch reads outer values by their own names; only its own values are renamed.
    /// </summary>
    private void Take(NodeProto node, int depth)
    {
        var name = _conditions.Holds(node) ? "then_branch" : "else_branch";
        var branch =
            node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G
            ?? throw _source.Invalid($"If {node.Name} takes its {name}, which the file lacks");
        if (node.Output.Count > branch.Output.Count)
        {
            throw _source.Invalid($"If {node.Name} has {node.Output.Count} outputs, but its {name} gives {branch.Output.Count}");
        }

        var body = new InlinedBody(Scope(node), _names, attribute => attribute);
        var own = branch
            .Node.SelectMany(inner => inner.Output)
            .Concat(branch.Initializer.Select(initializer => initializer.Name))
            .ToHashSet(StringComparer.Ordinal);
        var outputs = branch.Output.Select(output => output.Name).ToList();
        foreach (var around in InlinedBody.Reads(branch).Concat(outputs).Where(value => !own.Contains(value)))
        {
            body.TryName(around, around);
        }

        _inlined.Initializer.AddRange(branch.Initializer.Select(body.Rename));
        _inlined.SparseInitializer.AddRange(branch.SparseInitializer);
        Put(body, node, outputs, branch.Node, depth);
    }

    /// <summary>Adds the nodes of a body, whose outputs get the names of those of the replaced node.</summary>
    private void Put(InlinedBody body, NodeProto place, IReadOnlyList<string> outputs, IEnumerable<NodeProto> nodes, int depth)
    {
        foreach (var (inner, outer) in outputs.Zip(place.Output).Where(output => output.Second.Length > 0))
        {
            if (!body.TryName(inner, outer))
            {
                // An input of the body is also its output.
                Add(
                    new NodeProto
                    {
                        OpType = "Identity",
                        Name = outer,
                        Input = { body.NameOf(inner) },
                        Output = { outer },
                    },
                    depth
                );
            }
        }

        foreach (var node in nodes)
        {
            Add(body.Rename(node), depth);
        }
    }

    /// <summary>Returns a unique prefix for the names of a body's values.</summary>
    private string Scope(NodeProto place)
    {
        var name = place.Name.Length > 0 ? place.Name : place.Output.FirstOrDefault(output => output.Length > 0) ?? place.OpType;
        var scope = name;
        for (var i = 1; !_names.Add(scope + "/"); i++)
        {
            scope = $"{name}_{i}";
        }

        return scope + "/";
    }

    /// <summary>
    /// Returns an attribute of a function's body, which may refer to an attribute of the call or its default; null if neither exists.
    /// </summary>
    private static AttributeProto? Given(AttributeProto attribute, NodeProto call, FunctionProto function)
    {
        if (attribute.RefAttrName.Length == 0)
        {
            return attribute;
        }

        var given = call.Attribute.Concat(function.AttributeProto).FirstOrDefault(other => other.Name == attribute.RefAttrName)?.Clone();
        if (given is not null)
        {
            given.Name = attribute.Name;
        }

        return given;
    }
}
