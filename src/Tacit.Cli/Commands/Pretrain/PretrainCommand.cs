using System.CommandLine;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary><c>tacit pretrain</c>: trains a video encoder on videos without labels.</summary>
/// <remarks>
/// <para>
/// The argument VIDEOS names the set. The options are those of <see cref="PretrainingOptionSet"/> (what is trained) and
/// <see cref="VideoTrainingOptionGroup{T}"/> (the videos, the run folder and its cache).
/// </para>
/// <para>
/// Order of the work for a new run: verify that VIDEOS is given; resolve the options and build the encoder once, which verifies its sizes;
/// verify that decoded frames are at least as large as the clips; list the videos; then <see cref="PretrainJob.BeginAsync"/>. With
/// --resume, VIDEOS is omitted and the options come from the run.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for a missing argument, contradicting options or an existing
/// run; <see cref="ExitCode.BadInput"/> for an unsuitable set; <see cref="ExitCode.Failed"/> if training fails, for example because the
/// loss is not finite; <see cref="ExitCode.Interrupted"/>, after which the run can be resumed.
/// </para>
/// </remarks>
internal sealed class PretrainCommand
{
    private readonly VideoTrainingOptionGroup<PretrainingOptionSet> _training;

    private PretrainCommand(Terminal terminal, Command command)
    {
        _training = new(terminal, command, "encoder", added => new PretrainingOptionSet(added));
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock.</param>
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

    /// <summary>
    /// Resolves the options of a new run and begins it. Errors of the library's options become errors of the command line.
    /// </summary>
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
