namespace Tacit.Cli.Hosting;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    /// <summary>0: the command succeeded.</summary>
    public const int Success = 0;

    /// <summary>
    /// 2: the command line is wrong, for example an unknown option, a value out of range, or an existing output without --force.
    /// </summary>
    public const int Usage = 2;

    /// <summary>3: a file, a network or a dataset is missing, damaged or unsuitable.</summary>
    public const int BadInput = 3;

    /// <summary>4: the run failed for another reason, for example a full disk.</summary>
    public const int Failed = 4;

    /// <summary>130: the run was stopped by Ctrl-C or SIGTERM. Shells use 128 plus the number of SIGINT.</summary>
    public const int Interrupted = 130;
}

/// <summary>
/// The command line requests something impossible that the parser cannot detect. The exit code is <see cref="ExitCode.Usage"/>.
/// </summary>
/// <param name="message">One line: what is wrong, and what to do.</param>
internal sealed class UsageException(string message) : Exception(message);
