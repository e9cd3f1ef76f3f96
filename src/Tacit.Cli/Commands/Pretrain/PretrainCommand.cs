using System.CommandLine;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>tacit pretrain: unlabelled videos in, a video encoder out.</summary>
internal sealed class PretrainCommand
{
    private readonly VideoTrainingOptionGroup<PretrainingOptionSet> _training;

    private PretrainCommand(Terminal terminal, Command command)
    {
        _training = new(terminal, command, "encoder", added => new PretrainingOptionSet(added));
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("pretrain", "Train a video encoder on unlabelled videos.");
        _ = new PretrainCommand(terminal, command);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation) =>
        _training.Run.RunAsync(
            parsed,
            _training.Common,
            PretrainJob.Kind,
            [_training.Named(parsed)],
            progress => BeginAsync(parsed, progress, cancellation),
            (run, progress) => PretrainJob.ResumeAsync(run, progress, cancellation),
            cancellation
        );

    private async Task<IRunJob> BeginAsync(ParseResult parsed, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        _ = _training.Named(parsed) ?? throw new UsageException("the videos are missing: tacit pretrain VIDEOS");
        var (preset, options) = _training.Particular.Resolve(parsed);
        var request = new PretrainRequest
        {
            Videos = _training.Videos(parsed, options.Augmentation.Size, ", or lower --size"),
            Preset = preset,
            Options = options,
            Device = _training.Run.Device(parsed),
        };
        var set = _training.Read(parsed, cancellation);
        try
        {
            return await PretrainJob.BeginAsync(
                request,
                set,
                _training.Folder(parsed, request.Videos),
                _training.Run.Settings(parsed),
                progress,
                cancellation
            );
        }
        catch (ArgumentException refusal)
        {
            throw PretrainingOptionSet.Refused(refusal);
        }
    }
}
