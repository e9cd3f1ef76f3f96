using System.CommandLine;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary><c>tacit knn</c>: evaluates a video encoder with a classifier of nearest neighbours, which needs no training.</summary>
/// <remarks>
/// <para>Options in addition to those of <see cref="FeatureEvaluationOptionGroup"/>:</para>
/// <list type="bullet">
/// <item>--k: the number of neighbours that vote, 1 to 100,000. Default 5, or 20 for 1,000 or more training videos</item>
/// <item>--vote: weighted (default; nearer neighbours count more) or majority</item>
/// </list>
/// <para>
/// Neighbours are found by cosine similarity. The command reports the accuracy on the test videos, and the recall of retrieval at 1, 5, 10,
/// 20 and 50. See <see cref="FeatureEvaluationReport"/> for the fields of the JSON object.
/// </para>
/// <para>
/// Exit codes: <see cref="Hosting.ExitCode.Success"/>; <see cref="Hosting.ExitCode.Usage"/>; <see cref="Hosting.ExitCode.BadInput"/> for an unsuitable encoder or
/// set; <see cref="Hosting.ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
internal sealed class KnnCommand
{
    private readonly FeatureEvaluationOptionGroup _evaluation;
    private readonly Option<int?> _k = Numbers.OptionalInteger(
        "--k",
        1,
        100_000,
        "Number of neighbours that vote. [default: 5; 20 from 1,000 training videos on]"
    );
    private readonly Option<string> _vote = Choices.Of("--vote", "Whether nearer neighbours have larger weights.", "weighted", "majority");

    private KnnCommand(Terminal terminal, Command command)
    {
        command.Add(_k);
        command.Add(_vote);
        _evaluation = new FeatureEvaluationOptionGroup(terminal, command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("knn", "Evaluate a video encoder with nearest neighbours: accuracy and recall on labelled videos.");
        _ = new KnnCommand(terminal, command);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var vote = parsed.GetValue(_vote)!;
        var classifier = new KnnClassifier(
            new KnnOptions { K = parsed.GetValue(_k), Vote = vote == "majority" ? KnnVote.Majority : KnnVote.Weighted }
        );
        return _evaluation.RunAsync(
            parsed,
            "neighbours",
            _ => classifier,
            result =>
            {
                var k = classifier.NeighboursOf(result.TrainingVideos);
                return new FeatureClassifier(
                    "knn",
                    $"{k} nearest {(k == 1 ? "neighbour" : "neighbours")} by cosine, {vote} vote",
                    K: k,
                    Vote: vote
                );
            },
            (options, features) => new Retrieval(options).Run(features, cancellation).Recalls,
            cancellation
        );
    }
}
