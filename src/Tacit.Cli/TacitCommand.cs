using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Tacit.Cli.Commands.Compare;
using Tacit.Cli.Commands.Conversion;
using Tacit.Cli.Commands.Evaluate;
using Tacit.Cli.Commands.Export;
using Tacit.Cli.Commands.Features;
using Tacit.Cli.Commands.Finetune;
using Tacit.Cli.Commands.Inspect;
using Tacit.Cli.Commands.Pretrain;
using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Commands.Runs;
using Tacit.Cli.Commands.Synthesize;
using Tacit.Cli.Commands.Videos;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;

namespace Tacit.Cli;

/// <summary>The complete command line: parses the arguments, runs the command, and reports errors as one line and an exit code.</summary>
internal static class TacitCommand
{
    private static readonly string[] HelpNames = ["-h", "--help", "-?", "/h", "/?", "--version"];

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">The arguments of the process, without its name.</param>
    /// <param name="terminal">The output streams and the clock.</param>
    /// <param name="cancellation">Stops the command, for example on Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        var root = Create(terminal);
        var failure = new Failure(
            terminal,
            Json: arguments.Contains(CommonOptions.JsonName),
            arguments.Contains(CommonOptions.VerboseName)
        );
        var parsed = root.Parse(arguments);
        if (arguments.Count == 0)
        {
            parsed = root.Parse(["--help"]);
        }
        else if (parsed.Errors.Count > 0 && !arguments.Any(HelpNames.Contains))
        {
            return failure.Report(new UsageException(Explain(parsed, root)), cancellation);
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (Exception exception)
        {
            return failure.Report(exception, cancellation);
        }
    }

    private static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Tacit shrinks trained vision networks without their data, and learns video encoders without labels.")
        {
            QuantizeCommand.Create(terminal),
            InspectCommand.Create(terminal),
            CompareCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            SynthesizeCommand.Create(terminal),
            ConvertCommand.Create(terminal),
            PretrainCommand.Create(terminal),
            FinetuneCommand.Create(terminal),
            RunsCommand.Create(terminal),
            KnnCommand.Create(terminal),
            ProbeCommand.Create(terminal),
            RetrieveCommand.Create(terminal),
            ExportCommand.Create(terminal),
            VideosCommand.Create(terminal),
        };
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = terminal.Width };
        return root;
    }

    private static string Explain(ParseResult parsed, RootCommand root) =>
        parsed.CommandResult.Command == root
            ? $"there is no command {parsed.Tokens[0].Value}; see tacit --help"
            : $"{Sentence(parsed.Errors[0].Message)}; see tacit {NameOf(parsed.CommandResult)} --help";

    // Returns the names below the root, such as "runs list".
    private static string NameOf(CommandResult result) =>
        result.Parent is CommandResult { Parent: not null } parent ? $"{NameOf(parent)} {result.Command.Name}" : result.Command.Name;

    // Messages of the parser are sentences. Those of Tacit are clauses without a full stop.
    private static string Sentence(string message)
    {
        message = message.TrimEnd('.');
        return message.Length > 1 && char.IsUpper(message[0]) && char.IsLower(message[1])
            ? char.ToLowerInvariant(message[0]) + message[1..]
            : message;
    }
}
