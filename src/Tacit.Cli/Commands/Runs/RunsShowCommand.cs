using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>tacit runs show: one run's options, values and curves.</summary>
internal sealed class RunsShowCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _run = new("RUN") { Description = "A run folder." };
    private readonly Option<string?> _metric = RunsCommand.MetricOption();

    private readonly CommonOptions _common;

    private RunsShowCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_run);
        command.Add(_metric);
        _common = new CommonOptions(command);
        command.SetAction(Run);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("show", "Show a run's options, versions, last values and curves.");
        _ = new RunsShowCommand(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(_run)!;
        var run = ShownRun.Of(path, RunSnapshot.Read(path), parsed.GetValue(_metric));
        _common.Show(parsed, _terminal, run.Report(_terminal.Time));
        return ExitCode.Success;
    }
}
