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
    private readonly Option<string?> _metric = new("--metric")
    {
        Description = "The metric to draw. Default: each stage's loss, or else its first metric.",
        HelpName = "NAME",
    };

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
        if (parsed.GetValue(_common.Json))
        {
            JsonOutput.Write(_terminal.Output, report.ToJson());
        }
        else
        {
            report.Write(_terminal.OutputConsole, _terminal.Time);
        }

        return ExitCode.Success;
    }
}
