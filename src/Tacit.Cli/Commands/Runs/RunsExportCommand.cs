using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>tacit runs export: a run's curves for other programs.</summary>
internal sealed class RunsExportCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _run = new("RUN") { Description = "A run folder." };
    private readonly Option<string?> _tensorBoard = new("--tensorboard")
    {
        Description = "Write an event file for TensorBoard into this folder.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _csv = new("--csv")
    {
        Description = "Write a table with stage, step, time and a column for each metric.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite existing files." };
    private readonly CommonOptions _common;

    private RunsExportCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_run);
        foreach (var option in new Option[] { _tensorBoard, _csv, _force })
        {
            command.Add(option);
        }

        _common = new CommonOptions(command);
        command.SetAction(Run);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("export", "Export a run's curves to TensorBoard or as a CSV file.");
        _ = new RunsExportCommand(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var (folder, csv, force) = (parsed.GetValue(_tensorBoard), parsed.GetValue(_csv), parsed.GetValue(_force));
        if (folder is null && csv is null)
        {
            throw new UsageException("nothing to export: give --tensorboard FOLDER, --csv FILE, or both");
        }

        if (File.Exists(folder))
        {
            throw new UsageException($"{folder} is a file; choose a folder");
        }

        var run = RunSnapshot.Read(parsed.GetValue(_run)!);
        var events = folder is null ? null : Path.Combine(folder, TensorBoardFile.NameOf(run));
        List<string> outputs = [.. new[] { events, csv }.OfType<string>()];
        outputs.ForEach(output => Files.CheckOutput(output, force));
        if (events is not null)
        {
            TensorBoardFile.Write(events, run);
        }

        if (csv is not null)
        {
            MetricsTable.Write(csv, run);
        }

        Report(parsed, run, outputs);
        return ExitCode.Success;
    }

    private void Report(ParseResult parsed, RunSnapshot run, List<string> outputs)
    {
        var facts = new FactList().Add(outputs.Select(output => new Fact("output", output))).Add("steps", Format.Count(run.Metrics.Length));
        _common.Show(parsed, _terminal, new Report(new { outputs, steps = run.Metrics.Length }, facts));
    }
}
