using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tacit.Graphs;

namespace Tacit.Conformance.Networks;

/// <summary>A network as text, one node to a line.</summary>
public static class GraphText
{
    private const int Few = 8;

    /// <summary>Returns the text.</summary>
    public static string Of(Model model)
    {
        var graph = model.Graph;
        var text = new StringBuilder();
        foreach (var input in graph.Inputs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"input {input.Name}: {input.Type}");
        }

        foreach (var node in graph.Nodes)
        {
            var attributes = string.Concat(node.Attributes.Select(pair => $" {pair.Key}={Value(pair.Value)}"));
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", node.Outputs)} = {node.Operator}({string.Join(", ", node.Inputs.Select(Operand))}){attributes}"
            );
        }

        foreach (var output in graph.Outputs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"output {output.Name}: {output.Type}");
        }

        return text.ToString();

        string Operand(string name) =>
            !graph.IsInitializer(name) ? name
            : model.Weights[name] is { Element: ElementType.Int64, Count: <= Few } numbers ? $"[{string.Join(",", numbers.ToInt64())}]"
            : model.Weights[name] is { Element: ElementType.Float32, Count: 1 } number
                ? string.Create(CultureInfo.InvariantCulture, $"{number.As<float>()[0]} ({number.Shape})")
            : $"<{graph.Initializers[name].Type}>";
    }

    private static string Value(object value) =>
        value switch
        {
            ImmutableArray<long> list => $"[{string.Join(",", list)}]",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => $"{value}",
        };
}
