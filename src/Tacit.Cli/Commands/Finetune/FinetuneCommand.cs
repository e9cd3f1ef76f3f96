using System.CommandLine;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>tacit finetune: a video encoder and labelled videos in, a classifier and its accuracy out.</summary>
internal sealed class FinetuneCommand
{
    private const string Usage = "tacit finetune ENCODER VIDEOS";

    private readonly Argument<string?> _encoder = new("ENCODER")
    {
        Description = "A video encoder as an ONNX file, for example from tacit pretrain.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly VideoTrainingOptionGroup<FineTuningOptionSet> _training;

    private FinetuneCommand(Terminal terminal, Command command)
    {
        command.Add(_encoder);
        _training = new(terminal, command, "classifier", added => new FineTuningOptionSet(added));
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("finetune", "Train a video encoder to classify videos, and test the classifier.");
        _ = new FinetuneCommand(terminal, command);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation) =>
        _training.Run.RunAsync(
            parsed,
            _training.Common,
            FinetuneJob.Kind,
            [parsed.GetValue(_encoder), _training.Named(parsed)],
            progress => BeginAsync(parsed, progress, cancellation),
            (run, progress) => FinetuneJob.ResumeAsync(run, progress, cancellation),
            cancellation
        );

    private async Task<IRunJob> BeginAsync(ParseResult parsed, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var named = parsed.GetValue(_encoder) ?? throw new UsageException($"the encoder is missing: {Usage}");
        var path = Path.GetFullPath(Files.Existing(named, "an ONNX file"));
        _ = _training.Named(parsed) ?? throw new UsageException($"the videos are missing: {Usage}");
        var encoder = OnnxReader.Read(path);
        var clip = VideoFineTuning.PreprocessingOf(encoder);
        var (preset, options) = _training.Particular.Resolve(parsed, ModelMetadata.Read(encoder.Metadata).Backbone);
        var request = new FinetuneRequest
        {
            Encoder = path,
            Videos = _training.Videos(parsed, clip.Size),
            Preset = preset,
            Options = options,
            Device = _training.Run.Device(parsed),
        };
        var set = _training.Read(parsed, cancellation);
        return await FinetuneJob.BeginAsync(
            request,
            encoder,
            set,
            _training.Folder(parsed, request.Videos),
            _training.Run.Settings(parsed),
            progress,
            cancellation
        );
    }
}
