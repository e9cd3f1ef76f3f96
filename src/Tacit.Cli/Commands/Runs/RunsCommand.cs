using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Runs;

/// <summary>tacit runs: what became of long jobs, from their run folders; also while they go on.</summary>
internal static class RunsCommand
{
    public static Command Create(Terminal terminal) =>
        new("runs", "List, show, compare and export runs, finished or in progress.")
        {
            RunsListCommand.Create(terminal),
            RunsShowCommand.Create(terminal),
            RunsCompareCommand.Create(terminal),
            RunsExportCommand.Create(terminal),
        };

    /// <summary>--metric.</summary>
    public static Option<string?> MetricOption() =>
        new("--metric")
        {
            Description = "The metric to draw. Default: the loss of each stage, or its first metric if it has no loss.",
            HelpName = "NAME",
        };
}
