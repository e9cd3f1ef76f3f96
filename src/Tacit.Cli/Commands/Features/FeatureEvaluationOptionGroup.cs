using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>What verbs share that judge a video encoder by a classifier of its features: the videos, their division, the page, and the judging.</summary>
internal sealed class FeatureEvaluationOptionGroup
{
    private readonly Terminal _terminal;
    private readonly DivisionOptions _division;
    private readonly EncodingOptionGroup _encoding;
    private readonly ReportOption _report;
    private readonly CommonOptions _common;

    public FeatureEvaluationOptionGroup(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _division = new DivisionOptions(command);
        _encoding = new EncodingOptionGroup(terminal, command);
        _report = new ReportOption(command);
        _common = new CommonOptions(command);
    }

    /// <summary>Encodes the videos, judges the features and shows what came of it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="stage">What the judging is called while it goes on.</param>
    /// <param name="classifierOf">The classifier, from how it is judged.</param>
    /// <param name="descriptionOf">What it is called, from what came of it.</param>
    /// <param name="recallsOf">What retrieval finds; nothing where it is not asked for.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<int> RunAsync(
        ParseResult parsed,
        string stage,
        Func<EvaluationOptions, IFeatureClassifier> classifierOf,
        Func<FeatureEvaluationResult, FeatureClassifier> descriptionOf,
        Func<EvaluationOptions, VideoFeatures, ImmutableArray<Recall>> recallsOf,
        CancellationToken cancellation
    )
    {
        var started = _terminal.Time.GetTimestamp();
        var page = _report.Resolve(parsed);
        var options = _division.Resolve(parsed, _encoding.Threads(parsed));
        var classifier = classifierOf(options);
        var videos = await _encoding.RunAsync(parsed, options, cancellation);
        var (result, recalls) = await ProgressDisplay.RunAsync(
            _terminal,
            progress =>
            {
                var relay = new Relay<PartProgress>(value => progress.Report(new StageProgress(stage, value.Done, value.Total, [])));
                return (
                    new FeatureEvaluation(classifier, options).Run(videos.Features, relay, cancellation),
                    recallsOf(options, videos.Features)
                );
            }
        );
        var shown = new FeatureEvaluationReport(
            videos,
            descriptionOf(result),
            options,
            result,
            recalls,
            _terminal.Time.GetElapsedTime(started)
        ).Create();
        if (page is not null)
        {
            AtomicFile.Write(page, stream => stream.Write(Encoding.UTF8.GetBytes(HtmlWriter.ToHtml(shown))));
        }

        _common.Show(parsed, _terminal, shown);
        return ExitCode.Success;
    }
}
