using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Verbs;

/// <summary>tacit synthesize.</summary>
internal static class SynthesizeVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("synthesize", "x.");
        var common = new CommonOptions(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(0));
        return command;
    }
}
