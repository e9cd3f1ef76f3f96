using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Videos;

/// <summary><c>tacit videos cache</c>: decodes and scales the frames of a set of videos once, so that trainings read them faster.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>VIDEOS and its options, see <see cref="VideoSetOptionGroup"/></item>
/// <item>--output: the folder of the cache: new, empty, or a cache of the same videos, which is updated. Required</item>
/// <item>--short-side: the short side of the frames in pixels, 8 to 8,192. Default 128. Smaller videos keep their size</item>
/// <item>--max-bad: the largest percentage of unreadable videos, 0 to 100. Default 5</item>
/// <item>--parallel: the number of videos decoded at the same time, 0 to 1,024. Default 0, one per core</item>
/// <item>--force: replaces a cache of other videos or with another short side</item>
/// </list>
/// <para>
/// Only new or changed videos are decoded. If the command is stopped, the frames decoded so far are kept, and the same command continues.
/// </para>
/// <para>
/// JSON fields: <c>output</c> (full path), <c>videos</c>, <c>decoded</c> (the videos decoded by this command), <c>frames</c>, <c>bytes</c>,
/// <c>short_side</c> (pixels), <c>unreadable</c> (names and reasons) and <c>seconds</c>. The console shows the first 20 unreadable videos.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/>; <see cref="ExitCode.BadInput"/> if too many videos are
/// unreadable or the folder holds something else; <see cref="ExitCode.Failed"/> for a full disk; <see cref="ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
internal sealed class VideosCacheCommand
{
    private const int ReasonsShown = 20;

    private readonly Terminal _terminal;
    private readonly VideoSetOptionGroup _videos;
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The folder of the cache: new, empty, or a cache of the same videos, which is updated.",
        HelpName = "CACHE",
        Required = true,
    };

    private readonly Option<int> _shortSide = Numbers.Integer(
        "--short-side",
        [],
        8,
        8192,
        128,
        "The short side of the frames in pixels; smaller videos keep their size."
    );
    private readonly Option<int> _maxBad = Numbers.Integer("--max-bad", [], 0, 100, 5, "Largest percentage of unreadable videos.");
    private readonly Option<int> _parallel = Numbers.Integer(
        "--parallel",
        [],
        0,
        1024,
        0,
        "Number of videos decoded in parallel; 0 for one per core."
    );
    private readonly Option<bool> _force = new("--force") { Description = "Replace a cache of other videos or with another short side." };
    private readonly CommonOptions _common;

    private VideosCacheCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _videos = new VideoSetOptionGroup(command);
        foreach (var option in new Option[] { _output, _shortSide, _maxBad, _parallel, _force })
        {
            command.Add(option);
        }

        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("cache", "Decode and scale a set of videos once, for later trainings.");
        _ = new VideosCacheCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var set = _videos.Read(parsed, cancellation);
        var folder = parsed.GetValue(_output)!;
        var options = new VideoCacheOptions
        {
            ShortSide = parsed.GetValue(_shortSide),
            MaxBad = parsed.GetValue(_maxBad) / 100.0,
            Replace = parsed.GetValue(_force),
            Parallelism = parsed.GetValue(_parallel) is > 0 and var parallel ? parallel : Environment.ProcessorCount,
        };
        var started = _terminal.Time.GetTimestamp();
        try
        {
            using var cache = await ProgressDisplay.RunAsync(
                _terminal,
                progress => VideoCache.BuildAsync(set, folder, options, VideoSetOptionGroup.Translate(progress), cancellation)
            );
            Write(parsed, cache, _terminal.Time.GetElapsedTime(started));
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException("stopped; the decoded frames are kept; resume with the same command", cancellation);
        }
    }

    /// <summary>Shows what was decoded, and at most 20 of the videos that could not be read.</summary>
    private void Write(ParseResult parsed, VideoCache cache, TimeSpan elapsed)
    {
        var frames = cache.Videos.Sum(video => (long)video.Frames);
        var facts = new FactList()
            .Add("output", cache.Folder)
            .Add(
                "videos",
                $"{Format.Count(cache.Videos.Length)}, {(cache.Decoded == cache.Videos.Length ? "all" : Format.Count(cache.Decoded))} decoded now"
            )
            .Add("frames", $"{Format.Count(frames)} of short side {cache.ShortSide}, {Format.Bytes(cache.Bytes)}");
        foreach (var video in cache.Unreadable.Take(ReasonsShown))
        {
            facts = facts.Add("left out", $"{Format.Name(video.Name)}: {Format.Name(video.Reason)}");
        }

        if (cache.Unreadable.Length > ReasonsShown)
        {
            facts = facts.Add("left out", $"{cache.Unreadable.Length - ReasonsShown} more; --json names all");
        }

        facts = facts.Add("time", Format.Time(elapsed));
        _common.Show(
            parsed,
            _terminal,
            new Report(
                new
                {
                    output = Path.GetFullPath(cache.Folder),
                    videos = cache.Videos.Length,
                    decoded = cache.Decoded,
                    frames,
                    bytes = cache.Bytes,
                    short_side = cache.ShortSide,
                    unreadable = cache.Unreadable.Select(video => new { name = video.Name, reason = video.Reason }),
                    seconds = elapsed.TotalSeconds,
                },
                facts
            )
        );
    }
}
