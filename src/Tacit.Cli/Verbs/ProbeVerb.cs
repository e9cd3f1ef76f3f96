using System.CommandLine;
using System.Globalization;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Learning.Protocols;

namespace Tacit.Cli.Verbs;

/// <summary>tacit probe: judges a video encoder by a linear classifier on its features.</summary>
internal sealed class ProbeVerb
{
    private readonly Terminal _terminal;
    private readonly VideoEncoding _encoding;
    private readonly DivisionOptions _division;
    private readonly Option<double?> _lambda = Numbers.OptionalPositive(
        "--lambda",
        "Weight of the L2 penalty. [default: chosen within the training videos]"
    );
    private readonly ReportOption _report;
    private readonly CommonOptions _common;

    private ProbeVerb(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_lambda);
        _division = new DivisionOptions(command);
        _encoding = new VideoEncoding(terminal, command);
        _report = new ReportOption(command);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("probe", "Judge a video encoder by a linear classifier on its features of labelled videos.");
        _ = new ProbeVerb(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var started = _terminal.Time.GetTimestamp();
        var report = _report.Resolve(parsed);
        var options = _division.Resolve(parsed, _encoding.Threads(parsed));
        var lambda = parsed.GetValue(_lambda);
        var videos = await _encoding.RunAsync(parsed, options, cancellation);
        var result = await ProgressDisplay.RunAsync(
            _terminal,
            progress =>
                new FeatureEvaluation(
                    new LinearProbe(
                        new LinearProbeOptions
                        {
                            Lambda = lambda,
                            Seed = options.Seed,
                            Parallelism = options.Parallelism,
                        }
                    ),
                    options
                ).Run(
                    videos.Features,
                    new Relay<PartProgress>(value => progress.Report(new StageProgress("probing linearly", value.Done, value.Total, []))),
                    cancellation
                )
        );
        var penalty = lambda is { } given
            ? string.Create(CultureInfo.InvariantCulture, $"penalty {given}")
            : "penalty chosen within the training videos";
        var method = new JudgingMethod("linear probe", $"logistic regression on standardised features, {penalty}", Lambda: lambda);
        var judgement = new Judgement(videos, method, options, result, [], _terminal.Time.GetElapsedTime(started));
        if (report is not null)
        {
            JudgementPage.Write(report, judgement);
        }

        _common.Show(parsed, _terminal, judgement.ToJson, judgement.Write);
        return ExitCode.Success;
    }
}
