using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Verbs;

/// <summary>tacit quantize.</summary>
internal static class QuantizeVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("quantize", "x.");
        var common = new CommonOptions(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(0));
        return command;
    }
}
