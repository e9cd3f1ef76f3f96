using System.CommandLine;
using Spectre.Console;
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
    public Option<bool> Verbose { get; } = new(VerboseName) { Description = "When something fails, write where it failed." };

    /// <summary>Writes a result to standard output, as JSON with --json and as text otherwise.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="terminal">The output streams.</param>
    /// <param name="json">Creates the JSON object. Only called with --json.</param>
    /// <param name="write">Writes the text. Only called without --json.</param>
    public void Show(ParseResult parsed, Terminal terminal, Func<object> json, Action<IAnsiConsole> write)
    {
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(terminal.Output, json());
        }
        else
        {
            write(terminal.OutputConsole);
        }
    }
}
