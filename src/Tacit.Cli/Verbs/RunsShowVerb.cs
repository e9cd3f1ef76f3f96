using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Cli.Runs;
using Tacit.Learning.Training;

namespace Tacit.Cli.Verbs;

/// <summary>tacit runs show: one run's options, values and curves.</summary>
internal sealed class RunsShowVerb
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _run = new("RUN") { Description = "A run folder." };
    private readonly Option<string?> _metric = RunsVerb.MetricOption();

    private readonly CommonOptions _common;

    private RunsShowVerb(Terminal terminal, Command command)
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
        _ = new RunsShowVerb(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(_run)!;
        var report = RunReport.Of(path, RunSnapshot.Read(path), parsed.GetValue(_metric));
        _common.Show(parsed, _terminal, report.ToJson, console => report.Write(console, _terminal.Time));
        return ExitCode.Success;
    }
}
