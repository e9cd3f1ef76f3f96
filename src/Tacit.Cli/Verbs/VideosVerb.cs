using System.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Verbs;

/// <summary>tacit videos: what is done with sets of videos before anything learns from them.</summary>
internal static class VideosVerb
{
    public static Command Create(Terminal terminal) =>
        new("videos", "Check sets of videos, and decode them once for all.")
        {
            VideosCheckVerb.Create(terminal),
            VideosCacheVerb.Create(terminal),
        };
}
