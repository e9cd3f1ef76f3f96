using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference.Video.Sets;

namespace Tacit.Cli.Commands.Videos;

/// <summary><c>tacit videos check</c>: finds the videos of a set that are broken, damaged, empty, too short or unusual.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>VIDEOS and its options, see <see cref="VideoSetOptionGroup"/></item>
/// <item>--min-frames: videos with fewer frames are too short, at least 1. Default 1</item>
/// <item>--decode: decodes every frame instead of reading only the headers. Finds damage inside files, and takes much longer</item>
/// <item>--csv: a CSV file with the findings on every video, see <see cref="VideoCheckReport.WriteCsv"/></item>
/// <item>--force: overwrites the CSV file</item>
/// </list>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/> if all videos can be read, even if some are unusual; <see cref="ExitCode.BadInput"/> if one
/// cannot be read or is damaged, or the set cannot be read; <see cref="ExitCode.Usage"/> for an existing CSV file; <see cref="ExitCode.Interrupted"/>. The
/// report and the CSV file are written in both of the first two cases.
/// </para>
/// </remarks>
internal sealed class VideosCheckCommand
{
    private readonly Terminal _terminal;
    private readonly VideoSetOptionGroup _videos;
    private readonly Option<int> _minFrames = Numbers.Integer(
        "--min-frames",
        [],
        1,
        int.MaxValue,
        1,
        "Smallest number of frames of a video that is not too short."
    );
    private readonly Option<bool> _decode = new("--decode")
    {
        Description = "Decode every frame. This finds damage inside files and takes much longer.",
    };
    private readonly Option<string?> _csv = new("--csv")
    {
        Description = "Also write the findings of every video to this CSV file.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the CSV file." };
    private readonly CommonOptions _common;

    private VideosCheckCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _videos = new VideoSetOptionGroup(command);
        foreach (var option in new Option[] { _minFrames, _decode, _csv, _force })
        {
            command.Add(option);
        }

        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("check", "Find the broken, damaged, empty, short and unusual videos of a set.");
        _ = new VideosCheckCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var csv = parsed.GetValue(_csv);
        if (csv is not null)
        {
            Files.CheckOutput(csv, parsed.GetValue(_force));
        }

        var set = _videos.Read(parsed, cancellation);
        var options = new VideoScanOptions { MinFrames = parsed.GetValue(_minFrames), Decode = parsed.GetValue(_decode) };
        var result = await ProgressDisplay.RunAsync(
            _terminal,
            progress => new VideoScan(options).RunAsync(set, VideoSetOptionGroup.Translate(progress), cancellation)
        );
        var report = new VideoCheckReport(set, result);
        if (csv is not null)
        {
            AtomicFile.Write(csv, report.WriteCsv);
        }

        _common.Show(parsed, _terminal, report.Create());
        return result.AllIntact ? ExitCode.Success : ExitCode.BadInput;
    }
}
