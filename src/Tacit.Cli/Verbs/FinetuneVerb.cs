using System.CommandLine;
using Tacit.Cli.CommandLine;
using Tacit.Cli.FineTuning;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Graphs.Onnx;
using Tacit.Learning.Protocols;
using Tacit.Learning.Training;

namespace Tacit.Cli.Verbs;

/// <summary>tacit finetune: a video encoder and labelled videos in, a classifier and its accuracy out.</summary>
internal sealed class FinetuneVerb
{
    private readonly Terminal _terminal;

    private readonly Argument<string?> _encoder = new("ENCODER")
    {
        Description = "A video encoder as an ONNX file, such as tacit pretrain makes.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly VideoSetOptionGroup _set;
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The folder of the run: classifier.onnx, report.html, state. Default: VIDEOS-classifier in the current folder.",
        HelpName = "FOLDER",
    };
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of the set to train on, or all. [default: train where the set has parts]",
        HelpName = "PART",
    };
    private readonly VideoCacheOptionGroup _cache;
    private readonly FineTuningOptionSet _options;
    private readonly RunOptionGroup _run;
    private readonly CommonOptions _common;

    private FinetuneVerb(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_encoder);
        _set = new VideoSetOptionGroup(command, isOptional: true);
        command.Add(_output);
        _options = new FineTuningOptionSet(command);
        command.Add(_split);
        _cache = new VideoCacheOptionGroup(command);
        _run = new RunOptionGroup(terminal, command);
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("finetune", "Train a video encoder to tell classes apart, and test it.");
        _ = new FinetuneVerb(terminal, command);
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
        _common.Show(parsed, _terminal, summary.ToJson, console => FinetuneText.Write(console, summary));
        return ExitCode.Success;
    }

    private async Task<FinetuneJob> BeginAsync(ParseResult parsed, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(
            Files.Existing(
                parsed.GetValue(_encoder) ?? throw new UsageException("name the encoder: tacit finetune ENCODER VIDEOS"),
                "an ONNX file"
            )
        );
        var videos = Path.GetFullPath(_set.Videos(parsed) ?? throw new UsageException("name the videos: tacit finetune ENCODER VIDEOS"));
        var encoder = OnnxReader.Read(path);
        var clip = VideoFineTuning.PreprocessingOf(encoder);
        var (preset, options) = _options.Resolve(parsed, FinetuneSummary.BackboneOf(encoder));
        var shortSide = _cache.ShortSide(parsed);
        if (shortSide < clip.Size)
        {
            throw new UsageException($"clips of {clip.Size} pixels cannot be cut from frames of {shortSide}: raise --short-side");
        }

        var request = new FinetuneRequest
        {
            Encoder = path,
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
        var folder =
            parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(videos))}-classifier";
        var set = _set.Read(parsed, cancellation);
        return await FinetuneJob.BeginAsync(
            request,
            encoder,
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

    private Task<FinetuneJob> ResumeAsync(
        ParseResult parsed,
        string run,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) =>
        _run.ResumeAsync(
            parsed,
            [parsed.GetValue(_encoder), _set.Videos(parsed)],
            kept => FinetuneJob.ResumeAsync(run, kept, _terminal.Time, progress, cancellation),
            job => job.Request.Device
        );
}
