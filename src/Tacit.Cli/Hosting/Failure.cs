using Tacit.Cli.Output;
using Tacit.Graphs;

namespace Tacit.Cli.Hosting;

/// <summary>Reports an exception in one line and determines the exit code.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><see cref="UsageException"/>: <see cref="ExitCode.Usage"/></item>
/// <item><c>ContentException</c>, missing files, denied access and other I/O errors: <see cref="ExitCode.BadInput"/></item>
/// <item>a cancellation by the user: <see cref="ExitCode.Interrupted"/></item>
/// <item>a full disk, and everything else: <see cref="ExitCode.Failed"/></item>
/// </list>
/// </remarks>
/// <param name="Terminal">The output streams.</param>
/// <param name="Json">Whether --json is given.</param>
/// <param name="Verbose">Whether --verbose is given, which adds the stack trace.</param>
internal sealed record Failure(Terminal Terminal, bool Json, bool Verbose)
{
    /// <summary>
    /// The values of <see cref="Exception.HResult"/> for a full disk: errno ENOSPC and EDQUOT, and ERROR_DISK_FULL on Windows.
    /// </summary>
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070)];

    /// <summary>
    /// Writes "tacit: {message}" to standard error. With --json, also writes an object with "error" and "exit_code" to standard output.
    /// </summary>
    /// <param name="exception">The exception that ended the command.</param>
    /// <param name="cancellation">The token of the command, to recognise a cancellation by the user.</param>
    /// <returns>The exit code.</returns>
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

    /// <summary>
    /// Returns the message of a stopped run, which states how to resume it. Messages of the framework say nothing useful.
    /// </summary>
    private static string Line(Exception exception, string otherwise) =>
        exception is StoppedException ? OneLine(exception.Message) : otherwise;

    /// <summary>Joins the lines of a message and removes the full stop at its end.</summary>
    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
}

/// <summary>The user stopped a run. The message states how to resume it.</summary>
/// <param name="message">The command line that resumes the run.</param>
/// <param name="token">The token that was cancelled.</param>
internal sealed class StoppedException(string message, CancellationToken token) : OperationCanceledException(message, token);
