using System.CommandLine;

namespace Tacit.Cli.CommandLine;

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
}
