using System.Text.Json;
using Tacit.Cli.Output;

namespace Tacit.Cli.Tests;

/// <summary>The exit code and the output of a command.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs a command in this process. No stream is a terminal.</summary>
    public static Task<CommandRun> OfAsync(params string[] arguments) => OfAsync(TestContext.Current.CancellationToken, arguments);

    public static Task<CommandRun> OfAsync(CancellationToken cancellation, params string[] arguments) =>
        OfAsync(TimeProvider.System, arguments, cancellation);

    /// <summary>Runs a command with a clock of the test.</summary>
    public static Task<CommandRun> OfAsync(TimeProvider time, params string[] arguments) =>
        OfAsync(time, arguments, TestContext.Current.CancellationToken);

    /// <summary>Runs a command and stops it when it writes the first line with a given beginning to standard error.</summary>
    public static async Task<CommandRun> StoppedAtAsync(string beginning, params string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var error = new StoppingWriter(beginning, stop);
        return await OfAsync(TimeProvider.System, arguments, error, stop.Token);
    }

    private static async Task<CommandRun> OfAsync(TimeProvider time, string[] arguments, CancellationToken cancellation)
    {
        using var error = new StringWriter();
        return await OfAsync(time, arguments, error, cancellation);
    }

    private static async Task<CommandRun> OfAsync(TimeProvider time, string[] arguments, StringWriter error, CancellationToken cancellation)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, error, outputIsTerminal: false, errorIsTerminal: false, width: 120, time);
        var code = await TacitCommand.RunAsync(arguments, terminal, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    private sealed class StoppingWriter(string beginning, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(beginning, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}
