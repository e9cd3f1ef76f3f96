using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx;

/// <summary>The operators that may stand in a file: those that Tacit knows, less its own, those read as others, and Constant.</summary>
internal static class SupportedOperators
{
    /// <summary>The operators as a message lists them.</summary>
    public static string Listed =>
        string.Join(
            ", ",
            OperatorSchemas
                .All.Select(schema => schema.Name)
                .Where(name => name != Quantizer.Operator)
                .Concat(Upgrades.Upgrade.Operators)
                .Append("Constant")
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    public static bool IsOnnxDomain(string domain) => domain is "" or "ai.onnx";

    /// <summary>Refuses operators that Tacit does not know.</summary>
    public static void CheckKnown(GraphDraft draft)
    {
        if (draft.Nodes.FirstOrDefault(node => node.Operator == Quantizer.Operator || !IsKnown(node.Operator)) is { } unknown)
        {
            throw draft.Source.Unsupported(unknown, $"the operator is not supported; supported are {Listed}");
        }
    }

    private static bool IsKnown(string @operator) =>
        OperatorSchemas.Find(@operator) is not null || Upgrades.Upgrade.Operators.Contains(@operator);

    /// <summary>Refuses nodes that have fewer or more inputs or outputs than their operator.</summary>
    public static void CheckCounts(GraphDraft draft)
    {
        foreach (var node in draft.Nodes)
        {
            var schema = OperatorSchemas.Find(node.Operator)!;
            if (node.Inputs.Length > schema.MaximumInputs || node.Outputs.Length > schema.MaximumOutputs)
            {
                throw draft.Source.Invalid(
                    $"{node} has {node.Inputs.Length} inputs and {node.Outputs.Length} outputs, more than {node.Operator} takes"
                );
            }

            if (Enumerable.Range(0, schema.MinimumInputs).Any(input => node.InputOrNull(input) is null))
            {
                throw draft.Source.Invalid($"{node} lacks an input; {node.Operator} takes at least {schema.MinimumInputs}");
            }
        }
    }
}
