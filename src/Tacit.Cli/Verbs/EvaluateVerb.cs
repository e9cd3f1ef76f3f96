using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Verbs;

/// <summary>tacit evaluate.</summary>
internal static class EvaluateVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("evaluate", "x.");
        var common = new CommonOptions(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(0));
        return command;
    }
}
