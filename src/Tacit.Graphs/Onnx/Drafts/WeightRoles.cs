using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Finds out from its readers what an initializer is for, which ONNX does not say.</summary>
internal sealed class WeightRoles
{
    private readonly ILookup<string, (Node Node, int Index)> _uses;
    private readonly HashSet<string> _structural;

    public WeightRoles(GraphDraft draft, HashSet<string> structural)
    {
        _structural = structural;
        _uses = draft
            .Nodes.SelectMany(node => node.Inputs.Select((input, index) => (input, Use: (node, index))))
            .ToLookup(use => use.input, use => use.Use, StringComparer.Ordinal);
    }

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

    // A single number in arithmetic is part of a formula, such as the 6 of a hard swish, not learnt.
    private static bool Learns(string @operator, int index, TensorData data) =>
        @operator switch
        {
            "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Min" or "Max" or "Where" => data.Sizes.Length > 0,
            "QuantizeLinear" or "DequantizeLinear" => index == 0,
            _ => OperatorSchemas.Find(@operator)?.StructuralInputs.Contains(index) != true,
        };
}
