using System.CommandLine;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Videos;

/// <summary>tacit videos: what is done with sets of videos before anything learns from them.</summary>
internal static class VideosCommand
{
    public static Command Create(Terminal terminal) =>
        new("videos", "Check sets of videos, and decode them once for all.")
        {
            VideosCheckCommand.Create(terminal),
            VideosCacheCommand.Create(terminal),
        };
}
