using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Verbs;

/// <summary>tacit inspect.</summary>
internal static class InspectVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("inspect", "x.");
        var common = new CommonOptions(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(0));
        return command;
    }
}
