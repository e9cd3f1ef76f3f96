using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx;

/// <summary>Determines which operators a file may contain.</summary>
/// <remarks>
/// These are the operators with a schema except FakeQuantize, which only Tacit has, the operators that are upgraded to others, and
/// Constant.
/// </remarks>
internal static class SupportedOperators
{
    /// <summary>The supported operators in alphabetical order, separated by commas, for error messages.</summary>
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

    /// <summary>Returns whether a domain is that of ONNX itself, which files write as "" or "ai.onnx".</summary>
    public static bool IsOnnxDomain(string domain) => domain is "" or "ai.onnx";

    /// <summary>Verifies that all operators are supported.</summary>
    /// <param name="draft">The graph before upgrades.</param>
    /// <exception cref="UnsupportedOperatorException">A node has an unknown operator. The message lists the supported ones.</exception>
    public static void CheckKnown(GraphDraft draft)
    {
        if (draft.Nodes.FirstOrDefault(node => node.Operator == Quantizer.Operator || !IsKnown(node.Operator)) is { } unknown)
        {
            throw draft.Source.Unsupported(unknown, $"the operator is not supported; supported are {Listed}");
        }
    }

    /// <summary>Returns whether an operator has a schema or a rule that rewrites it.</summary>
    private static bool IsKnown(string @operator) =>
        OperatorSchemas.Find(@operator) is not null || Upgrades.Upgrade.Operators.Contains(@operator);

    /// <summary>Verifies that each node has as many inputs and outputs as its operator allows.</summary>
    /// <param name="draft">The graph after upgrades.</param>
    /// <exception cref="InvalidFileException">A node has too many inputs or outputs, or lacks a required input.</exception>
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
