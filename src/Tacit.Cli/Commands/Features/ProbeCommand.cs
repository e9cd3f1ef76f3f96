using System.CommandLine;
using System.Globalization;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>tacit probe: judges a video encoder by a linear classifier on its features.</summary>
internal sealed class ProbeCommand
{
    private readonly FeatureEvaluationOptionGroup _evaluation;
    private readonly Option<double?> _lambda = Numbers.OptionalPositive(
        "--lambda",
        "Weight of the L2 penalty. [default: chosen within the training videos]"
    );

    private ProbeCommand(Terminal terminal, Command command)
    {
        command.Add(_lambda);
        _evaluation = new FeatureEvaluationOptionGroup(terminal, command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("probe", "Evaluate a video encoder with a linear classifier of its features on labelled videos.");
        _ = new ProbeCommand(terminal, command);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var lambda = parsed.GetValue(_lambda);
        var penalty = lambda is { } given
            ? string.Create(CultureInfo.InvariantCulture, $"penalty {given}")
            : "penalty chosen within the training videos";
        return _evaluation.RunAsync(
            parsed,
            "probing linearly",
            options => new LinearProbe(
                new LinearProbeOptions
                {
                    Lambda = lambda,
                    Seed = options.Seed,
                    Parallelism = options.Parallelism,
                }
            ),
            _ => new FeatureClassifier("linear probe", $"logistic regression on standardised features, {penalty}", Lambda: lambda),
            (_, _) => [],
            cancellation
        );
    }
}
