using System.CommandLine;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Commands.Finetune;

/// <summary><c>tacit finetune</c>: trains a video encoder and a new linear layer to classify videos, and tests the classifier.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>ENCODER: an ONNX file of a video encoder, for example from <c>tacit pretrain</c></item>
/// <item>VIDEOS: labelled videos</item>
/// <item>the options of <see cref="FineTuningOptionSet"/> and <see cref="VideoTrainingOptionGroup{T}"/></item>
/// </list>
/// <para>
/// Order of the work for a new run: verify that both arguments are given and that ENCODER exists; read the encoder and the preprocessing in
/// its metadata; resolve the options; verify that decoded frames are at least as large as the clips; list the videos; then
/// <see cref="FinetuneJob.BeginAsync"/>. With --resume, both arguments are omitted and the options come from the run.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for a missing argument, contradicting options or an existing
/// run; <see cref="ExitCode.BadInput"/> for an unsuitable encoder or set; <see cref="ExitCode.Failed"/> if training fails, for example
/// because the loss is not finite; <see cref="ExitCode.Interrupted"/>, after which the run can be resumed.
/// </para>
/// </remarks>
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

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
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

    /// <summary>
    /// Resolves the options of a new run and begins it. The encoder is read first, because its name selects the default options.
    /// </summary>
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
