using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Puts the bodies of a file's own functions, and the branches of an If that is decided, in the place of their nodes.</summary>
/// <remarks>
/// Values within a body are named after the call: "call/value". Functions may call one another, but not themselves. An If is decided
/// where its condition is an initializer or a Constant; others stay, and are refused as unsupported.
/// </remarks>
internal sealed class FunctionInlining
{
    private const int DeepestCall = 64;
    private const int MostNodes = 1_000_000;

    private readonly OnnxSource _source;
    private readonly GraphProto _graph;
    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private readonly HashSet<string> _names;
    private readonly List<NodeProto> _inlined = [];

    public FunctionInlining(OnnxSource source, ModelProto model)
    {
        (_source, _graph) = (source, model.Graph);
        foreach (var function in model.Functions)
        {
            if (!_functions.TryAdd(Key(function.Domain, function.Name), function))
            {
                throw source.Invalid($"the function {function.Domain}.{function.Name} is defined twice");
            }
        }

        _names = _graph.Node.SelectMany(node => node.Output.Append(node.Name))
            .Concat(_graph.Initializer.Select(initializer => initializer.Name))
            .Concat(_graph.Input.Select(input => input.Name))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The nodes of the graph, none of which calls a function.</summary>
    /// <exception cref="ContentException">A function calls itself, or is called with more than it takes.</exception>
    public IReadOnlyList<NodeProto> Inline()
    {
        foreach (var node in _graph.Node)
        {
            Add(node, 0);
        }

        return _inlined;
    }

    private static (string Domain, string Name) Key(string domain, string name) => (domain, name);

    private void Add(NodeProto node, int depth)
    {
        if (_functions.GetValueOrDefault(Key(node.Domain, node.OpType)) is { } function)
        {
            Call(node, function, depth);
        }
        else if (depth == 0 && node.OpType == "If" && SupportedOperators.IsOnnxDomain(node.Domain) && Branch(node) is { } branch)
        {
            Take(node, branch);
        }
        else if (_inlined.Count < MostNodes)
        {
            _inlined.Add(node);
        }
        else
        {
            throw _source.Unsuitable($"the functions of the file unfold to more than {MostNodes} nodes");
        }
    }

    // The branch that an If takes; null where its condition is not known.
    private GraphProto? Branch(NodeProto node)
    {
        var condition = node.Input.FirstOrDefault();
        var tensor = _graph.Initializer.FirstOrDefault(initializer => initializer.Name == condition)
            ?? _inlined.FirstOrDefault(other => other.OpType == "Constant" && other.Output.FirstOrDefault() == condition)?.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T;
        if (tensor is null || new TensorReader(_source).Read(tensor, $"the condition of {node.OpType} {node.Name}") is not { Element: ElementType.Boolean, Count: 1 } value)
        {
            return null;
        }

        var taken = value.As<bool>()[0] ? "then_branch" : "else_branch";
        return node.Attribute.FirstOrDefault(attribute => attribute.Name == taken)?.G;
    }

    // A branch sees the values around it under their own names; those of its own get new ones.
    private void Take(NodeProto node, GraphProto branch)
    {
        if (branch.Output.Count != node.Output.Count)
        {
            throw _source.Invalid($"{node.OpType} {node.Name} has {node.Output.Count} outputs, its branch {branch.Output.Count}");
        }

        var scope = Scope(node);
        var renamed = branch.Node.SelectMany(inner => inner.Output).Concat(branch.Initializer.Select(initializer => initializer.Name))
            .Where(name => name.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => scope + name, StringComparer.Ordinal);
        foreach (var initializer in branch.Initializer)
        {
            Add(new NodeProto { OpType = "Constant", Name = renamed[initializer.Name], Output = { renamed[initializer.Name] }, Attribute = { new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = initializer } } }, 1);
        }

        foreach (var inner in branch.Node)
        {
            var copy = inner.Clone();
            copy.Name = scope + inner.Name;
            copy.Input.Clear();
            copy.Input.AddRange(inner.Input.Select(Value));
            copy.Output.Clear();
            copy.Output.AddRange(inner.Output.Select(Value));
            Add(copy, 1);
        }

        for (var i = 0; i < node.Output.Count; i++)
        {
            Add(new NodeProto { OpType = "Identity", Name = node.Output[i], Input = { Value(branch.Output[i].Name) }, Output = { node.Output[i] } }, 1);
        }

        string Value(string name) => renamed.GetValueOrDefault(name, name);
    }

    private void Call(NodeProto call, FunctionProto function, int depth)
    {
        if (depth == DeepestCall)
        {
            throw _source.Invalid($"the function {function.Domain}.{function.Name} calls itself, or {DeepestCall} others one within another");
        }

        if (call.Input.Count > function.Input.Count || call.Output.Count > function.Output.Count)
        {
            throw _source.Invalid($"{call.OpType} {call.Name} has {call.Input.Count} inputs and {call.Output.Count} outputs, more than the function takes");
        }

        if (function.OpsetImport.FirstOrDefault(import => SupportedOperators.IsOnnxDomain(import.Domain)) is { } import && import.Version != _source.Opset)
        {
            throw _source.Unsupported(call.OpType, call.Name, $"the function is written in opset {import.Version}, the file in {_source.Opset}; export the network with functions inlined");
        }

        var scope = Scope(call);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        for (var i = 0; i < function.Input.Count; i++)
        {
            renamed[function.Input[i]] = i < call.Input.Count ? call.Input[i] : "";
        }

        for (var i = 0; i < call.Output.Count; i++)
        {
            if (call.Output[i].Length == 0)
            {
                continue;
            }

            if (!renamed.TryAdd(function.Output[i], call.Output[i]))
            {
                // What comes in goes out.
                Add(new NodeProto { OpType = "Identity", Name = call.Output[i], Input = { renamed[function.Output[i]] }, Output = { call.Output[i] } }, depth);
            }
        }

        foreach (var node in function.Node)
        {
            Add(Renamed(node, call, function, scope, renamed), depth + 1);
        }
    }

    // The beginning of the names of values within a call, which no other name has.
    private string Scope(NodeProto call)
    {
        var name = call.Name.Length > 0 ? call.Name : call.Output.FirstOrDefault(output => output.Length > 0) ?? call.OpType;
        var scope = name;
        for (var i = 1; !_names.Add(scope + "/"); i++)
        {
            scope = $"{name}_{i}";
        }

        return scope + "/";
    }

    private NodeProto Renamed(NodeProto node, NodeProto call, FunctionProto function, string scope, Dictionary<string, string> renamed)
    {
        var copy = new NodeProto { OpType = node.OpType, Domain = node.Domain, Name = scope + node.Name };
        copy.Input.AddRange(node.Input.Select(Value));
        copy.Output.AddRange(node.Output.Select(Value));
        copy.Attribute.AddRange(node.Attribute.Select(attribute => Given(attribute, call, function)).OfType<AttributeProto>());
        return copy;

        string Value(string name)
        {
            if (!renamed.TryGetValue(name, out var value))
            {
                for (value = scope + name; !_names.Add(value);)
                {
                    value += "_";
                }

                renamed.Add(name, value);
            }

            return value;
        }
    }

    // An attribute within a body may be one of the call, which may be left out.
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
