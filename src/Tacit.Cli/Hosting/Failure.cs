using Tacit.Cli.Output;
using Tacit.Graphs;

namespace Tacit.Cli.Hosting;

/// <summary>Says in one line what went wrong, and finds the exit code for it.</summary>
internal sealed record Failure(Terminal Terminal, bool Json, bool Verbose)
{
    // errno ENOSPC and EDQUOT, and Windows' ERROR_DISK_FULL, as IOException carries them.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070)];

    /// <summary>Writes the line to standard error, with --json also one object to standard output.</summary>
    public int Report(Exception exception, CancellationToken cancellation)
    {
        var (code, message) = Describe(exception, cancellation);
        Terminal.Error.WriteLine($"tacit: {message}");
        if (Verbose)
        {
            Terminal.Error.WriteLine(exception);
        }

        if (Json)
        {
            JsonWriter.Write(Terminal.Output, new { error = message, exit_code = code });
        }

        return code;
    }

    private static (int Code, string Message) Describe(Exception exception, CancellationToken cancellation) =>
        exception switch
        {
            OperationCanceledException when cancellation.IsCancellationRequested => (ExitCode.Interrupted, Line(exception, "stopped")),
            UsageException => (ExitCode.Usage, OneLine(exception.Message)),
            ContentException => (ExitCode.BadInput, OneLine(OptionNames.In(exception.Message))),
            FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => (
                ExitCode.BadInput,
                OneLine(exception.Message)
            ),
            IOException when DiskFull.Contains(exception.HResult) => (
                ExitCode.Failed,
                "the disk is full; nothing was overwritten; make room and run the command again"
            ),
            IOException => (ExitCode.BadInput, OneLine(exception.Message)),
            AggregateException { InnerExceptions: [var inner] } => Describe(inner, cancellation),
            _ => (ExitCode.Failed, $"the run failed: {OneLine(exception.Message)}; run it again with --verbose for the details"),
        };

    // A cancelled run may say how to go on; the framework's own words say nothing.
    private static string Line(Exception exception, string otherwise) =>
        exception is StoppedException ? OneLine(exception.Message) : otherwise;

    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
}

/// <summary>A run was stopped by the user; the message says how to go on with it.</summary>
internal sealed class StoppedException(string message, CancellationToken token) : OperationCanceledException(message, token);
