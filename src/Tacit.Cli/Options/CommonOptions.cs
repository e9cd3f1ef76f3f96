using System.CommandLine;
using Spectre.Console;
using Tacit.Cli.Output;

namespace Tacit.Cli.Options;

/// <summary>The options that every verb has.</summary>
internal sealed class CommonOptions
{
    public const string JsonName = "--json";
    public const string VerboseName = "--verbose";

    public CommonOptions(Command command)
    {
        command.Add(Json);
        command.Add(Verbose);
    }

    public Option<bool> Json { get; } = new(JsonName) { Description = "Write one JSON object to standard output and nothing else." };

    public Option<bool> Verbose { get; } = new(VerboseName) { Description = "When something fails, write where it failed." };

    /// <summary>Writes a result to standard output: as an object where --json is given, else as people read it.</summary>
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
