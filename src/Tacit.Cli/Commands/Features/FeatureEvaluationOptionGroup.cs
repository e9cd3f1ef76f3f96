using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>
/// The options and the work of commands that evaluate a video encoder with a classifier of its features: <c>tacit knn</c> and <c>tacit
/// probe</c>.
/// </summary>
/// <remarks>
/// The options are those of <see cref="DivisionOptions"/>, <see cref="EncodingOptionGroup"/>, <see cref="ReportOption"/> and
/// <see cref="CommonOptions"/>.
/// </remarks>
internal sealed class FeatureEvaluationOptionGroup
{
    private readonly Terminal _terminal;
    private readonly DivisionOptions _division;
    private readonly EncodingOptionGroup _encoding;
    private readonly ReportOption _report;
    private readonly CommonOptions _common;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="terminal">The output streams, and the clock for the duration.</param>
    /// <param name="command">The command.</param>
    public FeatureEvaluationOptionGroup(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _division = new DivisionOptions(command);
        _encoding = new EncodingOptionGroup(terminal, command);
        _report = new ReportOption(command);
        _common = new CommonOptions(command);
    }

    /// <summary>Encodes the videos, evaluates the features, shows the report, and writes the page of --report.</summary>
    /// <remarks>
    /// The page and the division are verified before the videos are read. If the command is cancelled, no page is written.
    /// </remarks>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="stage">The name of the evaluation in the progress display.</param>
    /// <param name="classifierOf">Creates the classifier from the options of the evaluation, such as its seed.</param>
    /// <param name="descriptionOf">Describes the classifier, given the result.</param>
    /// <param name="recallsOf">Computes the recalls of retrieval from the features; empty if they are not part of the evaluation.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <returns><see cref="ExitCode.Success"/>, however low the accuracy is.</returns>
    /// <exception cref="UsageException">Options contradict each other, or the page exists and --force is not given.</exception>
    /// <exception cref="Tacit.Graphs.ContentException">The encoder or the set of videos is unsuitable.</exception>
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
            Files.Write(page, HtmlWriter.ToHtml(shown));
        }

        _common.Show(parsed, _terminal, shown);
        return ExitCode.Success;
    }
}
