using System.CommandLine;
using System.Globalization;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary><c>tacit probe</c>: evaluates a video encoder with a linear classifier of its features (linear probing).</summary>
/// <remarks>
/// <para>
/// The classifier is a multinomial logistic regression on standardised features with an L2 penalty. The option in addition to those of
/// <see cref="FeatureEvaluationOptionGroup"/> is --lambda, the weight of the penalty, above 0. By default it is chosen by validation within
/// the training videos, so that no test video influences it.
/// </para>
/// <para>
/// The fields of the JSON object are those of <see cref="FeatureEvaluationReport"/>, with an empty <c>recall</c>.
/// </para>
/// <para>
/// Exit codes: <see cref="Hosting.ExitCode.Success"/>; <see cref="Hosting.ExitCode.Usage"/>; <see cref="Hosting.ExitCode.BadInput"/> for an unsuitable encoder or
/// set; <see cref="Hosting.ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
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

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
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
