using System.CommandLine;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>tacit knn: judges a video encoder by its nearest neighbours.</summary>
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
