using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Derives the roles of initializers from the nodes that read them. ONNX itself does not distinguish roles.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Statistic: the running mean and variance of a BatchNormalization, inputs 3 and 4</item>
/// <item>
/// Parameter: another floating-point initializer that an operator computes with, such as weights and biases. A scalar in arithmetic is part
/// of a formula instead, such as the 6 of a hard swish
/// </item>
/// <item>Constant: all integers, initializers from Constant nodes, and structural operands such as shapes and axes</item>
/// </list>
/// Parameters and statistics must be finite; see <see cref="ModelChecks"/>.
/// </remarks>
internal sealed class WeightRoles
{
    private readonly ILookup<string, (Node Node, int Index)> _uses;
    private readonly HashSet<string> _structural;

    /// <summary>Prepares the roles for a graph.</summary>
    /// <param name="draft">The graph after all upgrades.</param>
    /// <param name="structural">The names of initializers that are constants regardless of the nodes that read them.</param>
    public WeightRoles(GraphDraft draft, HashSet<string> structural)
    {
        _structural = structural;
        _uses = draft
            .Nodes.SelectMany(node => node.Inputs.Select((input, index) => (input, Use: (node, index))))
            .ToLookup(use => use.input, use => use.Use, StringComparer.Ordinal);
    }

    /// <summary>Returns the role of an initializer. If several nodes read it, statistics take precedence over parameters.</summary>
    /// <param name="initializer">The name of the initializer.</param>
    /// <param name="data">The elements of the initializer.</param>
    public WeightRole Of(string initializer, TensorData data)
    {
        if (_structural.Contains(initializer) || !data.Element.IsFloatingPoint())
        {
            return WeightRole.Constant;
        }

        if (_uses[initializer].Any(use => use.Node.Operator == "BatchNormalization" && use.Index is 3 or 4))
        {
            return WeightRole.Statistic;
        }

        return _uses[initializer].Any(use => Learns(use.Node.Operator, use.Index, data)) ? WeightRole.Parameter : WeightRole.Constant;
    }

    /// <summary>
    /// Returns whether an operand is trained. Scalars in arithmetic, scales and zero points of quantisers, and structural operands are not.
    /// </summary>
    private static bool Learns(string @operator, int index, TensorData data) =>
        @operator switch
        {
            "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Min" or "Max" or "Where" => data.Sizes.Length > 0,
            "OneHot" or "Range" or "NonMaxSuppression" => false,
            "QuantizeLinear" or "DequantizeLinear" => index == 0,
            _ => OperatorSchemas.Find(@operator)?.StructuralInputs.Contains(index) != true,
        };
}
