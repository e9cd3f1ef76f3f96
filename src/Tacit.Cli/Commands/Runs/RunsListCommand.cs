using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Runs;

/// <summary><c>tacit runs list</c>: lists the runs in a folder and its subfolders, the newest first.</summary>
/// <remarks>
/// The argument FOLDER defaults to the current folder. Damaged runs are listed with the reason and do not change the exit code, which is
/// <see cref="ExitCode.Success"/>, or <see cref="ExitCode.BadInput"/> if the folder does not exist.
/// </remarks>
internal sealed class RunsListCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "The folder to search, with its subfolders.",
        DefaultValueFactory = _ => ".",
    };

    private readonly CommonOptions _common;

    private RunsListCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_folder);
        _common = new CommonOptions(command);
        command.SetAction(Run);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("list", "List the runs in a folder and its subfolders, newest first.");
        _ = new RunsListCommand(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var runs = RunList.Below(parsed.GetValue(_folder)!);
        _common.Show(parsed, _terminal, runs.Report(_terminal.Time));
        return ExitCode.Success;
    }
}
