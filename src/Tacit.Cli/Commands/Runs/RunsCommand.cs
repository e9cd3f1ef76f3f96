using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Runs;

/// <summary><c>tacit runs</c>: the parent of the commands that read run folders: list, show, compare and export.</summary>
/// <remarks>These commands only read. They can be used while a run is in progress.</remarks>
internal static class RunsCommand
{
    /// <summary>Creates the command with its subcommands.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal) =>
        new("runs", "List, show, compare and export runs, finished or in progress.")
        {
            RunsListCommand.Create(terminal),
            RunsShowCommand.Create(terminal),
            RunsCompareCommand.Create(terminal),
            RunsExportCommand.Create(terminal),
        };

    /// <summary>
    /// Creates the option --metric, which selects the metric to draw. Default: the loss of each stage, or its first metric.
    /// </summary>
    public static Option<string?> MetricOption() =>
        new("--metric")
        {
            Description = "The metric to draw. Default: the loss of each stage, or its first metric if it has no loss.",
            HelpName = "NAME",
        };
}
