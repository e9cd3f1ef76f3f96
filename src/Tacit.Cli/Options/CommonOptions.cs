using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Options;

/// <summary>The options of every command: --json and --verbose.</summary>
internal sealed class CommonOptions
{
    /// <summary>The name of <see cref="Json"/>.</summary>
    public const string JsonName = "--json";

    /// <summary>The name of <see cref="Verbose"/>.</summary>
    public const string VerboseName = "--verbose";

    /// <summary>Adds the options to a command.</summary>
    public CommonOptions(Command command)
    {
        command.Add(Json);
        command.Add(Verbose);
    }

    /// <summary>--json: writes the result as one JSON object to standard output, and nothing else.</summary>
    public Option<bool> Json { get; } = new(JsonName) { Description = "Write one JSON object to standard output and nothing else." };

    /// <summary>--verbose: writes the stack trace of an error.</summary>
    public Option<bool> Verbose { get; } = new(VerboseName) { Description = "Write the stack trace of an error." };

    /// <summary>Writes a report to standard output: its data if --json is given, otherwise what people read.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="report">The report.</param>
    public void Show(ParseResult parsed, Terminal terminal, Report report)
    {
        if (parsed.GetValue(Json))
        {
            JsonWriter.Write(terminal.Output, report.Data);
        }
        else
        {
            TerminalWriter.Write(report, terminal.OutputConsole);
        }
    }
}
