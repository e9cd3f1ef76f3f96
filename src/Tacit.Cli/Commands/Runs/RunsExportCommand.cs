using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary><c>tacit runs export</c>: exports the metrics of a run to TensorBoard, or as a CSV file.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>RUN: a run folder</item>
/// <item>--tensorboard: a folder for an event file, see <see cref="TensorBoardFile"/></item>
/// <item>--csv: a table, see <see cref="MetricsTable"/></item>
/// <item>--force: overwrites existing files</item>
/// </list>
/// <para>
/// At least one of --tensorboard and --csv must be given. Both outputs are verified before the first is written. JSON fields:
/// <c>outputs</c> (the paths) and <c>steps</c> (the number of exported steps).
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> if no output is given, or one exists;
/// <see cref="ExitCode.BadInput"/> if the folder holds no run or a damaged one.
/// </para>
/// </remarks>
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

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams.</param>
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
