using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary><c>tacit runs show</c>: shows the options, versions, last values and curves of a run.</summary>
/// <remarks>
/// The argument is the run folder. --metric selects the metric to draw. Exit codes: <see cref="ExitCode.Success"/>;
/// <see cref="ExitCode.Usage"/> for an unknown metric; <see cref="ExitCode.BadInput"/> if the folder holds no run or a damaged one.
/// </remarks>
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

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
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
