namespace Tacit.Cli.Hosting;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The command line is wrong: an unknown option, a value out of range, an output that exists without --force.</summary>
    public const int Usage = 2;

    /// <summary>A file, a network or a data set is not what it has to be.</summary>
    public const int BadInput = 3;

    /// <summary>The run failed for another reason.</summary>
    public const int Failed = 4;

    /// <summary>Ctrl-C or a request to end: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}

/// <summary>The command line asks for something that cannot be, beyond what the parser sees.</summary>
internal sealed class UsageException(string message) : Exception(message);
