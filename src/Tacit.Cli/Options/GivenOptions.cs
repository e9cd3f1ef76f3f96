using System.CommandLine;

namespace Tacit.Cli.Options;

/// <summary>Tells options on the command line from defaults.</summary>
internal static class GivenOptions
{
    /// <summary>Returns whether an option is on the command line, even with the value of its default.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="option">The option.</param>
    public static bool IsGiven(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
