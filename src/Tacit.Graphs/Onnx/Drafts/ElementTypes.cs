namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Infers the element types of values from the nodes that compute them, without shapes.</summary>
/// <remarks>
/// Most operators keep the type of their first input. Exceptions are Cast, comparisons (Boolean), sizes and indices (Int64),
/// quantisers, ConstantOfShape, EyeLike, OneHot, and Where, which has the type of its second input.
/// </remarks>
/// <param name="initializers">The initializers. The dictionary may grow later.</param>
/// <param name="inputs">The inputs of the graph.</param>
internal sealed class ElementTypes(IReadOnlyDictionary<string, TensorData> initializers, IEnumerable<Value> inputs)
{
    private readonly Dictionary<string, ElementType> _types = inputs
        .DistinctBy(input => input.Name)
        .ToDictionary(input => input.Name, input => input.Type.Element, StringComparer.Ordinal);

    /// <summary>Adds a node in the form of the dialect. The nodes whose outputs it reads must have been added before.</summary>
    public void Add(Node node)
    {
        if (OfOutputs(node) is { } type)
        {
            foreach (var output in node.Outputs.Where(output => output.Length > 0))
            {
                // The second output of TopK holds indices.
                _types[output] = node.Operator == "TopK" && output != node.Output ? ElementType.Int64 : type;
            }
        }
    }

    /// <summary>Returns the element type of a value; null if it is unknown or <paramref name="value"/> is null.</summary>
    /// <param name="value">The name of the value.</param>
    public ElementType? Of(string? value) =>
        value is null ? null : initializers.GetValueOrDefault(value)?.Element ?? (_types.TryGetValue(value, out var type) ? type : null);

    private ElementType? OfOutputs(Node node) =>
        node.Operator switch
        {
            // Attributes of a wrong type are rejected later, when all of them are checked.
            "Cast" => node.Attributes.FirstOrDefault(attribute => attribute.Key == "to").Value is long to ? (ElementType)to : null,
            "Shape" or "ArgMax" or "ArgMin" or "NonZero" or "NonMaxSuppression" => ElementType.Int64,
            "IsNaN" or "IsInf" or "Xor" => ElementType.Boolean,
            "OneHot" => Of(node.InputOrNull(2)),
            "EyeLike" when node.Attributes.FirstOrDefault(attribute => attribute.Key == "dtype").Value is long dtype => (ElementType)dtype,
            "Equal" or "Less" or "LessOrEqual" or "Greater" or "GreaterOrEqual" or "And" or "Or" or "Not" => ElementType.Boolean,
            "QuantizeLinear" => node.InputOrNull(2) is { } zero ? Of(zero) : ElementType.UInt8,
            "DequantizeLinear" => ElementType.Float32,
            "ConstantOfShape" => node.Attributes.FirstOrDefault(attribute => attribute.Key == "value").Value is TensorData value
                ? value.Element
                : ElementType.Float32,
            "Where" => Of(node.InputOrNull(1)),
            _ => Of(node.InputOrNull(0)),
        };
}
