using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Videos;

/// <summary><c>tacit videos</c>: the parent of the commands that prepare sets of videos for training: check and cache.</summary>
internal static class VideosCommand
{
    /// <summary>Creates the command with its subcommands.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal) =>
        new("videos", "Check a set of videos, or decode it once for later use.")
        {
            VideosCheckCommand.Create(terminal),
            VideosCacheCommand.Create(terminal),
        };
}
