using System.Text.Json;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Tests;

/// <summary>What a command returned and wrote.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs a command in this process; nothing is a terminal.</summary>
    public static Task<CommandRun> OfAsync(params string[] arguments) => OfAsync(TestContext.Current.CancellationToken, arguments);

    public static async Task<CommandRun> OfAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, outputIsTerminal: false, errorIsTerminal: false, width: 120, TimeProvider.System);
        var code = await TacitCommand.RunAsync(arguments, terminal, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
