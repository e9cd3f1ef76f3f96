using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Runs;

/// <summary>tacit runs: what became of long jobs, from their run folders; also while they go on.</summary>
internal static class RunsCommand
{
    public static Command Create(Terminal terminal) =>
        new("runs", "List, show, compare and export runs, also while they go on.")
        {
            RunsListCommand.Create(terminal),
            RunsShowCommand.Create(terminal),
            RunsCompareCommand.Create(terminal),
            RunsExportCommand.Create(terminal),
        };

    /// <summary>--metric.</summary>
    public static Option<string?> MetricOption() =>
        new("--metric") { Description = "The metric to draw. Default: each stage's loss, or else its first metric.", HelpName = "NAME" };
}
