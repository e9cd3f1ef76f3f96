using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Renames the values of a function's body or of a branch when it is placed into the graph.</summary>
/// <param name="scope">The prefix of values that are internal to the body, for example "call/".</param>
/// <param name="taken">All names in use. New names are added.</param>
/// <param name="given">
/// Resolves an attribute within the body, which may refer to an attribute of the call. The function returns null to omit the attribute.
/// </param>
internal sealed class InlinedBody(string scope, HashSet<string> taken, Func<AttributeProto, AttributeProto?> given)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal) { [""] = "" };

    /// <summary>Returns the names of the values that the nodes of a graph read, including those of nested graphs.</summary>
    public static IEnumerable<string> Reads(GraphProto graph) =>
        graph.Node.SelectMany(node =>
            node.Input.Concat(node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => Reads(attribute.G)))
        );

    /// <summary>Binds a value within the body to a name outside.</summary>
    /// <returns>False if the value already has a name.</returns>
    public bool TryName(string inner, string outer) => _names.TryAdd(inner, outer);

    /// <summary>Returns the outside name of a value within the body. A value without one gets the scope as a prefix.</summary>
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

    /// <summary>Returns a node with the outside names of its values and with resolved attributes. Nested graphs are renamed, too.</summary>
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

    /// <summary>Returns an initializer of the body under its outside name.</summary>
    public TensorProto Rename(TensorProto initializer)
    {
        var renamed = initializer.Clone();
        renamed.Name = NameOf(initializer.Name);
        return renamed;
    }

    /// <summary>
    /// Renames the values in a graph attribute, such as the branch of an If within the body, which can read values of the body.
    /// </summary>
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
