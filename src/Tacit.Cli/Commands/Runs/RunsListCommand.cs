using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Runs;

/// <summary>tacit runs list: the runs below a folder.</summary>
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
