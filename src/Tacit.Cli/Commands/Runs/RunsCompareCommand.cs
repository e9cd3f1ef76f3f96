using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary><c>tacit runs compare</c>: compares the options, results and curves of runs.</summary>
/// <remarks>
/// <para>
/// The arguments are the run folders, 2 to <see cref="TextChart.MaxCurves"/>. --metric selects the metric to draw. The fields of the JSON
/// object are described at <see cref="RunComparison"/>.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for another number of runs or an unknown metric;
/// <see cref="ExitCode.BadInput"/> if a folder holds no run or a damaged one.
/// </para>
/// </remarks>
internal sealed class RunsCompareCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _runs = new("RUN") { Description = "Two or more run folders.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _metric = RunsCommand.MetricOption();

    private readonly CommonOptions _common;

    private RunsCompareCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_runs);
        command.Add(_metric);
        _common = new CommonOptions(command);
        command.SetAction(Run);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("compare", "Compare runs: different options, last values and curves.");
        _ = new RunsCompareCommand(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var paths = parsed.GetValue(_runs)!;
        if (paths.Length is < 2 or > TextChart.MaxCurves)
        {
            throw new UsageException($"from 2 to {TextChart.MaxCurves} runs can be compared, not {paths.Length}");
        }

        var comparison = RunComparison.Of(paths, [.. paths.Select(RunSnapshot.Read)], parsed.GetValue(_metric));
        _common.Show(parsed, _terminal, comparison.Report());
        return ExitCode.Success;
    }
}
