using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Graphs;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Verbs;

/// <summary>tacit evaluate: how well a network classifies labelled images.</summary>
internal sealed class EvaluateVerb
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _model = new("MODEL") { Description = "A classifier as an ONNX file." };
    private readonly Option<string> _data = new("--data")
    {
        Description = "Labelled images: a folder or a ZIP file with one folder per class.",
        HelpName = "FOLDER|ZIP",
        Required = true,
    };

    private readonly Option<int> _batch = Numbers.Integer("--batch", [], 1, 4096, 32, "Images that are run at once.");
    private readonly Option<int> _threads = Numbers.Integer("--threads", [], 0, 1024, 0, "Threads of ONNX Runtime; 0 for one per core.");
    private readonly PreprocessingOptions _preprocessing;
    private readonly CommonOptions _common;

    private EvaluateVerb(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_model);
        command.Add(_data);
        _preprocessing = new PreprocessingOptions(command);
        command.Add(_batch);
        command.Add(_threads);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("evaluate", "Measure a network on labelled images: accuracy, confusions, latency.");
        _ = new EvaluateVerb(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = Files.Existing(parsed.GetValue(_model)!, "an ONNX file");
        var images = LabelledImages.Open(parsed.GetValue(_data)!, null, cancellation);
        using var session = OnnxSession.Open(path, new OnnxSessionOptions { Threads = parsed.GetValue(_threads) });
        ImageInput.SizeOf(session);
        var options = new ClassifierEvaluationOptions
        {
            Preprocessing = _preprocessing.Resolve(parsed, session.Metadata, session.Inputs[0].Type.Shape) ?? throw new UnsuitableModelException(
                $"{path} does not say how its images are prepared; give --mean a,b,c and --std a,b,c as in its training")
            { Path = path },
            Batches = new ImageBatchOptions { BatchSize = session.FixedBatch ?? parsed.GetValue(_batch) },
        };
        var started = _terminal.Time.GetTimestamp();
        var result = await ProgressDisplay.RunAsync(_terminal, progress => new ClassifierEvaluation(options).Run(
            session, images, Translate(progress), cancellation));
        var evaluation = new Evaluation(path, images.Path, result, parsed.GetValue(_threads), _terminal.Time.GetElapsedTime(started));
        if (parsed.GetValue(_common.Json))
        {
            JsonOutput.Write(_terminal.Output, evaluation.ToJson());
        }
        else
        {
            evaluation.Write(_terminal.OutputConsole);
        }

        return ExitCode.Success;
    }

    private static Relay<EvaluationProgress> Translate(IProgress<StageProgress> progress) => new(value => progress.Report(
        new StageProgress("evaluating", value.Done, value.Total, value.Done == 0 ? [] : [new Measure("top-1 %", 100.0 * value.Correct / value.Done)])));
}
