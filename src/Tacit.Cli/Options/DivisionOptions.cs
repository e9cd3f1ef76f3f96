using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Options;

/// <summary>The options for the division into training and test videos: --split, --folds, --repeats, --seed.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>--split: trains on the part "train" and tests on the part "test". Default if the set has these parts</item>
/// <item>--folds: cross-validates in this number of folds, 2 to 1,000, that share no source. Default 5</item>
/// <item>--repeats: the number of different divisions into folds, 1 to 1,000. Default 10</item>
/// <item>--seed: the seed of the folds. Default 0</item>
/// </list>
/// </remarks>
internal sealed class DivisionOptions
{
    private readonly Option<bool> _split = new("--split")
    {
        Description = "Train on the part \"train\" of the videos and test on the part \"test\". The default if the set has these parts.",
    };

    private readonly Option<int?> _folds = Numbers.OptionalInteger(
        "--folds",
        2,
        1000,
        "Number of folds for cross-validation, even if the set has parts. Folds share no source. [default: 5]"
    );
    private readonly Option<int?> _repeats = Numbers.OptionalInteger(
        "--repeats",
        1,
        1000,
        "Number of repetitions with different folds. [default: 10]"
    );
    private readonly Option<int> _seed = Numbers.Integer("--seed", [], 0, int.MaxValue, 0, "Seed of the folds.");

    /// <summary>Adds the options to a command.</summary>
    public DivisionOptions(Command command)
    {
        foreach (var option in new Option[] { _split, _folds, _repeats, _seed })
        {
            command.Add(option);
        }
    }

    /// <summary>Returns the options of the evaluation.</summary>
    /// <remarks>
    /// --split uses the division of the set. --folds or --repeats request cross-validation. Without them, the set decides.
    /// </remarks>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <exception cref="UsageException">--split is given together with --folds or --repeats.</exception>
    public EvaluationOptions Resolve(ParseResult parsed, int threads)
    {
        var (split, folds, repeats) = (parsed.GetValue(_split), parsed.GetValue(_folds), parsed.GetValue(_repeats));
        var crossed = folds is not null || repeats is not null;
        if (split && crossed)
        {
            throw new UsageException(
                $"--split tests the part \"test\" once; it does not go with {(folds is null ? "--repeats" : "--folds")}"
            );
        }

        var options = new EvaluationOptions
        {
            Division =
                split ? EvaluationDivision.Given
                : crossed ? EvaluationDivision.CrossValidation
                : EvaluationDivision.Automatic,
            Seed = (ulong)parsed.GetValue(_seed),
            Parallelism = threads == 0 ? Environment.ProcessorCount : threads,
        };
        return options with { Folds = folds ?? options.Folds, Repeats = repeats ?? options.Repeats };
    }
}
