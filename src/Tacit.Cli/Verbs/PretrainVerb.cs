using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Pretraining;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Inference.Video;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Training;

namespace Tacit.Cli.Verbs;

/// <summary>tacit pretrain: unlabelled videos in, a video encoder out.</summary>
internal sealed class PretrainVerb
{
    private readonly Terminal _terminal;

    private readonly VideoSetOptionGroup _set;
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The folder of the run: encoder.onnx, report.html, state. Default: VIDEOS-encoder in the current folder.",
        HelpName = "FOLDER",
    };
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of the set to train on, or all. [default: train where the set has parts]",
        HelpName = "PART",
    };
    private readonly VideoCacheOptionGroup _cache;
    private readonly PretrainingOptionSet _options;
    private readonly RunOptionGroup _run;
    private readonly CommonOptions _common;

    private PretrainVerb(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _set = new VideoSetOptionGroup(command, isOptional: true);
        command.Add(_output);
        _options = new PretrainingOptionSet(command);
        command.Add(_split);
        _cache = new VideoCacheOptionGroup(command);
        _run = new RunOptionGroup(terminal, command);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("pretrain", "Learn a video encoder from unlabelled videos.");
        _ = new PretrainVerb(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var summary = await ProgressDisplay.RunAsync(
            _terminal,
            async progress =>
            {
                using var job = _run.Resumed(parsed) is { } run
                    ? await ResumeAsync(parsed, run, progress, cancellation)
                    : await BeginAsync(parsed, progress, cancellation);
                return await job.RunAsync(progress, cancellation);
            }
        );
        _common.Show(parsed, _terminal, summary.ToJson, console => PretrainingText.Write(console, summary));
        return ExitCode.Success;
    }

    private async Task<PretrainJob> BeginAsync(ParseResult parsed, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var videos = Path.GetFullPath(_set.Videos(parsed) ?? throw new UsageException("name the videos: tacit pretrain VIDEOS"));
        var (preset, options) = _options.Resolve(parsed);
        var shortSide = _cache.ShortSide(parsed);
        if (shortSide < options.Augmentation.Size)
        {
            throw new UsageException(
                $"clips of {options.Augmentation.Size} pixels cannot be cut from frames of {shortSide}: raise --short-side, or lower --size"
            );
        }

        var request = new PretrainRequest
        {
            Videos = videos,
            Set = _set.Options(parsed),
            Split = parsed.GetValue(_split),
            Preset = preset,
            Options = options,
            Cache = _cache.Folder(parsed, videos),
            CacheSize = _cache.Size(parsed),
            ShortSide = shortSide,
            Device = _run.Device(parsed),
        };
        var folder = parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(videos))}-encoder";
        var set = _set.Read(parsed, cancellation);
        try
        {
            return await PretrainJob.BeginAsync(
                request,
                set,
                folder,
                _run.Force(parsed),
                _run.Threads(parsed),
                _run.Kept(parsed),
                _terminal.Time,
                progress,
                cancellation
            );
        }
        catch (ArgumentException refusal)
        {
            throw PretrainingOptionSet.Refused(refusal);
        }
    }

    private Task<PretrainJob> ResumeAsync(
        ParseResult parsed,
        string run,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) =>
        _run.ResumeAsync(
            parsed,
            [_set.Videos(parsed)],
            kept => PretrainJob.ResumeAsync(run, kept, _terminal.Time, progress, cancellation),
            job => job.Request.Device
        );
}
