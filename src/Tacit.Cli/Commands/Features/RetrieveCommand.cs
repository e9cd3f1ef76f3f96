using System.CommandLine;
using System.Globalization;
using System.Text;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>
/// <c>tacit retrieve</c>: evaluates a video encoder by retrieval, as the share of videos whose nearest videos include their class.
/// </summary>
/// <remarks>
/// <para>Options in addition to those of <see cref="DivisionOptions"/> and <see cref="EncodingOptionGroup"/>:</para>
/// <list type="bullet">
/// <item>--neighbours: a CSV file with the nearest videos of each video</item>
/// <item>--most: the number of videos listed for each video in that file, 1 to 100,000. Default 10</item>
/// <item>--force: overwrites that file</item>
/// </list>
/// <para>
/// The division and the CSV file are verified first; then the videos are encoded and searched. The CSV file has the columns
/// <c>query,query_class,rank,video,class,similarity</c>; ranks start at 1, and similarities are cosines from -1 to 1 with four decimals.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for contradicting options or an existing CSV file;
/// <see cref="ExitCode.BadInput"/> for an unsuitable encoder or set; <see cref="ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
internal sealed class RetrieveCommand
{
    private readonly Terminal _terminal;
    private readonly EncodingOptionGroup _encoding;
    private readonly DivisionOptions _division;
    private readonly Option<string?> _neighbours = new("--neighbours")
    {
        Description = "Write the nearest videos of each video to this CSV file.",
        HelpName = "FILE",
    };
    private readonly Option<int> _most = Numbers.Integer(
        "--most",
        [],
        1,
        100_000,
        10,
        "Number of videos listed for each video in that file."
    );
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite that file." };
    private readonly CommonOptions _common;

    private RetrieveCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _division = new DivisionOptions(command);
        _encoding = new EncodingOptionGroup(terminal, command);
        foreach (var option in new Option[] { _neighbours, _most, _force })
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
        var command = new Command("retrieve", "Evaluate a video encoder by retrieval: how often are similar videos of the same class?");
        _ = new RetrieveCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var started = _terminal.Time.GetTimestamp();
        var options = _division.Resolve(parsed, _encoding.Threads(parsed));
        var neighbours = parsed.GetValue(_neighbours);
        if (neighbours is not null)
        {
            Files.CheckOutput(neighbours, parsed.GetValue(_force));
        }

        var videos = await _encoding.RunAsync(parsed, options, cancellation);
        var retrieval = new Retrieval(options);
        var result = retrieval.Run(videos.Features, cancellation);
        if (neighbours is not null)
        {
            var rows = retrieval.Nearest(videos.Features, parsed.GetValue(_most), cancellation);
            Files.Write(neighbours, Csv(rows));
        }

        var report = new RetrievalReport(videos, options, result, neighbours, _terminal.Time.GetElapsedTime(started));
        _common.Show(parsed, _terminal, report.Create());
        return ExitCode.Success;
    }

    /// <summary>Formats neighbours as CSV (RFC 4180) with lines that end with a line feed.</summary>
    private static string Csv(IEnumerable<Neighbour> neighbours)
    {
        var text = new StringBuilder("query,query_class,rank,video,class,similarity\n");
        foreach (var found in neighbours)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Format.CsvField(found.Query.Name)},{Format.CsvField(found.Query.Label)},{found.Rank},{Format.CsvField(found.Video.Name)},{Format.CsvField(found.Video.Label)},{found.Similarity:0.0000}\n"
            );
        }

        return text.ToString();
    }
}
