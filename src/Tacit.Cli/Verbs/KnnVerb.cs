using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Learning.Protocols;

namespace Tacit.Cli.Verbs;

/// <summary>tacit knn: judges a video encoder by its nearest neighbours.</summary>
internal sealed class KnnVerb
{
    private readonly Terminal _terminal;
    private readonly VideoEncoding _encoding;
    private readonly DivisionOptions _division;
    private readonly Option<int?> _k = Numbers.OptionalInteger(
        "--k",
        1,
        100_000,
        "Neighbours that vote. [default: 5; 20 from 1,000 training videos on]"
    );
    private readonly Option<string> _vote = Choices.Of("--vote", "Whether nearer neighbours have more votes.", "weighted", "majority");
    private readonly ReportOption _report;
    private readonly CommonOptions _common;

    private KnnVerb(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_k);
        command.Add(_vote);
        _division = new DivisionOptions(command);
        _encoding = new VideoEncoding(terminal, command);
        _report = new ReportOption(command);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("knn", "Judge a video encoder by nearest neighbours: accuracy and recall on labelled videos.");
        _ = new KnnVerb(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var started = _terminal.Time.GetTimestamp();
        var report = _report.Resolve(parsed);
        var options = _division.Resolve(parsed, _encoding.Threads(parsed));
        var vote = parsed.GetValue(_vote) == "majority" ? KnnVote.Majority : KnnVote.Weighted;
        var classifier = new KnnClassifier(new KnnOptions { K = parsed.GetValue(_k), Vote = vote });
        var videos = await _encoding.RunAsync(parsed, options, cancellation);
        var (result, recalls) = await ProgressDisplay.RunAsync(
            _terminal,
            progress =>
            {
                var relay = new Relay<PartProgress>(value => progress.Report(new StageProgress("neighbours", value.Done, value.Total, [])));
                return (
                    new FeatureEvaluation(classifier, options).Run(videos.Features, relay, cancellation),
                    new Retrieval(options).Run(videos.Features, cancellation).Recalls
                );
            }
        );
        var k = classifier.NeighboursOf(result.TrainingVideos);
        var neighbours = k == 1 ? "neighbour" : "neighbours";
        var method = new JudgingMethod(
            "knn",
            $"{k} nearest {neighbours} by cosine, {parsed.GetValue(_vote)} vote",
            K: k,
            Vote: parsed.GetValue(_vote)
        );
        var judgement = new Judgement(videos, method, options, result, recalls, _terminal.Time.GetElapsedTime(started));
        if (report is not null)
        {
            JudgementPage.Write(report, judgement);
        }

        _common.Show(parsed, _terminal, judgement.ToJson, judgement.Write);
        return ExitCode.Success;
    }
}
