using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>The names that values within a body get where it is put in place.</summary>
/// <param name="scope">The beginning of the names of values that nothing else names.</param>
/// <param name="taken">The names that are taken; new ones join them.</param>
/// <param name="given">What an attribute within the body is there; null where it is left out.</param>
internal sealed class InlinedBody(string scope, HashSet<string> taken, Func<AttributeProto, AttributeProto?> given)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal) { [""] = "" };

    /// <summary>The values that the nodes of a graph read, those of graphs within them included.</summary>
    public static IEnumerable<string> Reads(GraphProto graph) =>
        graph.Node.SelectMany(node =>
            node.Input.Concat(node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => Reads(attribute.G)))
        );

    /// <summary>Names a value; false where it has a name.</summary>
    public bool TryName(string inner, string outer) => _names.TryAdd(inner, outer);

    /// <summary>The name of a value; a new one where it has none.</summary>
    public string NameOf(string inner)
    {
        if (!_names.TryGetValue(inner, out var name))
        {
            for (name = scope + inner; !taken.Add(name); )
            {
                name += "_";
            }

            _names.Add(inner, name);
        }

        return name;
    }

    public NodeProto Rename(NodeProto node) =>
        new()
        {
            OpType = node.OpType,
            Domain = node.Domain,
            Name = scope + node.Name,
            Input = { node.Input.Select(NameOf) },
            Output = { node.Output.Select(NameOf) },
            Attribute = { node.Attribute.Select(given).OfType<AttributeProto>().Select(Rename) },
        };

    public TensorProto Rename(TensorProto initializer)
    {
        var renamed = initializer.Clone();
        renamed.Name = NameOf(initializer.Name);
        return renamed;
    }

    // The graphs of an If within the body read values of the body.
    private AttributeProto Rename(AttributeProto attribute) =>
        attribute.G is null
            ? attribute
            : new AttributeProto
            {
                Name = attribute.Name,
                Type = attribute.Type,
                G = new GraphProto
                {
                    Name = attribute.G.Name,
                    Initializer = { attribute.G.Initializer.Select(Rename) },
                    SparseInitializer = { attribute.G.SparseInitializer },
                    Node = { attribute.G.Node.Select(Rename) },
                    Output = { attribute.G.Output.Select(output => new ValueInfoProto { Name = NameOf(output.Name) }) },
                },
            };
}
