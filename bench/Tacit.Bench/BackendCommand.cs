using System.CommandLine;
using Tacit.Conformance.Backend;

namespace Tacit.Bench;

/// <summary>The command backend: runs the backend tests of the ONNX project and lists what passes and what is refused.</summary>
internal static class BackendCommand
{
    public static Command Create()
    {
        var command = new Command("backend", "Runs the backend tests of the ONNX project (Debian's package libonnx-testdata).");
        command.SetAction(
            (_, _) =>
            {
                if (!BackendResult.AreAvailable)
                {
                    Console.Error.WriteLine("the package libonnx-testdata is not installed; install it with apt-get");
                    return Task.FromResult(1);
                }

                Write([.. BackendResult.RunAll()]);
                return Task.FromResult(0);
            }
        );
        return command;
    }

    private static void Write(IReadOnlyList<BackendResult> results)
    {
        Console.Out.WriteLine("| cases | opset | passed | refused | wrong | out of scope |");
        Console.Out.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach (var row in BackendReport.Counts(results))
        {
            var opset = row.Lifted is { } lifted ? $"{lifted}" : "as given";
            Console.Out.WriteLine($"| {row.Group} | {opset} | {row.Passed} | {row.Refused} | {row.Wrong} | {row.OutOfScope} |");
        }

        Console.Out.WriteLine();
        foreach (var part in results.Where(result => result.Verdict == BackendVerdict.OutOfScope).GroupBy(result => result.Reason))
        {
            Console.Out.WriteLine($"- out of scope, {part.Key}: {part.Count()}");
        }

        foreach (var wrong in results.Where(result => result.Verdict == BackendVerdict.Wrong))
        {
            Console.Out.WriteLine($"- wrong: {wrong.Group} {wrong.Title}: {wrong.Reason}");
        }

        Console.Out.WriteLine();
        foreach (var (reason, cases) in BackendReport.Refusals(results))
        {
            Console.Out.WriteLine($"- {reason}: {string.Join(", ", cases.Select(result => result.Title))}");
        }
    }
}
