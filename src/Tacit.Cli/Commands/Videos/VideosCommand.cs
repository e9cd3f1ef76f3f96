using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Videos;

/// <summary>tacit videos: what is done with sets of videos before anything learns from them.</summary>
internal static class VideosCommand
{
    public static Command Create(Terminal terminal) =>
        new("videos", "Check a set of videos, or decode it once for later use.")
        {
            VideosCheckCommand.Create(terminal),
            VideosCacheCommand.Create(terminal),
        };
}
