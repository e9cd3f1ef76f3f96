using System.CommandLine;
using System.Globalization;
using Tacit.Conformance;

namespace Tacit.Bench;

/// <summary>
/// The command conformance: measures the difference of each operator to ONNX Runtime, and of its gradient to finite differences.
/// </summary>
internal static class ConformanceCommand
{
    public static Command Create()
    {
        var command = new Command("conformance", "Compares every operator with ONNX Runtime and its gradient with finite differences.");
        command.SetAction(
            (_, cancellationToken) =>
            {
                Console.Out.WriteLine(
                    "| operator | cases | largest difference to ONNX Runtime | as a part of the largest value | gradient cases | largest difference of a gradient |"
                );
                Console.Out.WriteLine("|---|---:|---:|---:|---:|---:|");
                foreach (
                    var families in CaseFamily
                        .All.GroupBy(family => family.Operator)
                        .OrderBy(families => families.Key, StringComparer.Ordinal)
                )
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Console.Out.WriteLine(Row(families.Key, [.. families]));
                }

                return Task.FromResult(0);
            }
        );
        return command;
    }

    private static string Row(string name, CaseFamily[] families)
    {
        var values = families.Select(family => family.CompareValues()).Aggregate((one, other) => one.Or(other));
        var gradients = families.Sum(family => family.GradientCount) is var count and > 0
            ? $"{count} | {Number(families.Where(family => family.HasGradient).Max(family => family.CompareGradients().Relative))}"
            : "none | ";
        return $"| {name} | {families.Sum(family => family.Count)} | {Number(values.Absolute)} | {Number(values.Relative)} | {gradients} |";
    }

    private static string Number(double value) => value == 0 ? "0" : value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
