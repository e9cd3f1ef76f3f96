using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary><c>tacit evaluate</c>: measures how well a network classifies labelled images or videos.</summary>
/// <remarks>
/// <para>The input of MODEL decides whether DATA is read as images or as videos. Arguments and options:</para>
/// <list type="bullet">
/// <item>MODEL: an ONNX file</item>
/// <item>--data: the labelled images or videos. Required</item>
/// <item>--against: a second network, compared with MODEL on the same data</item>
/// <item>
/// --batch: images or clips in a batch, 1 to 4,096. Default 32 images or 10 clips. A fixed batch size of a file takes precedence
/// </item>
/// <item>--threads: 0 to 1,024. Default 0, one per core</item>
/// <item>--split: for videos, the part to test on, or "all". Default "test" if the set has parts, otherwise the whole set</item>
/// <item>
/// the options of <see cref="PreprocessingOptions"/>, <see cref="VideoSetOptionGroup"/>, <see cref="TestClipOptions"/> and
/// <see cref="ClipOptions"/>
/// </item>
/// </list>
/// <para>
/// Order of the work: open the networks in ONNX Runtime; verify that the options belong to the kind of input; list DATA; determine the
/// preprocessing; for videos, verify the labels before the first frame is decoded; run MODEL, then the other network. The other network
/// uses the preprocessing in its own file; if it states none, that of MODEL.
/// </para>
/// <para>
/// Latency is measured for MODEL alone: up to 100 runs on one image or clip, or as many as fit into 3 seconds. The fields of the JSON
/// object are described at <see cref="ImageEvaluationReport"/> and <see cref="VideoEvaluationReport"/>.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>, however low the accuracy is; <see cref="ExitCode.Usage"/> for an option that does not apply
/// to the kind of input; <see cref="ExitCode.BadInput"/> if a network is unsuitable, its preprocessing is unknown, or DATA has no labels or
/// other labels than the network; <see cref="ExitCode.Interrupted"/>.
/// </para>
/// </remarks>
internal sealed class EvaluateCommand
{
    private const string Test = "test";
    private const int LatencyRuns = 100;

    private static readonly TimeSpan LatencyTime = new ClassifierEvaluationOptions().LatencyTime;

    private readonly Terminal _terminal;
    private readonly Argument<string> _model = new("MODEL") { Description = "A classifier of images or of video clips as an ONNX file." };
    private readonly Option<string?> _data = new("--data")
    {
        Description =
            "Labelled images: a folder or a ZIP file with one folder for each class. Or labelled videos: a folder of class folders, or a list.",
        HelpName = "DATA",
        Required = true,
    };

    private readonly Option<string?> _against = new("--against")
    {
        Description = "Also evaluate this network on the same data, and report the agreement and the difference in accuracy.",
        HelpName = "OTHER",
    };

    private readonly Option<int?> _batch = Numbers.OptionalInteger(
        "--batch",
        1,
        4096,
        "Images or clips in a batch. [default: 32 images, 10 clips]"
    );
    private readonly Option<int> _threads = Numbers.Integer("--threads", [], 0, 1024, 0, "Number of threads; 0 for one per core.");
    private readonly PreprocessingOptions _preprocessing;
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of the videos to test on, or all. [default: test if the set has parts]",
        HelpName = "PART",
    };

    private readonly VideoSetOptionGroup _videos;
    private readonly TestClipOptions _clips;
    private readonly ClipOptions _clip;
    private readonly ImmutableArray<Option> _forVideos;
    private readonly CommonOptions _common;

    private EvaluateCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_model);
        foreach (var option in new Option[] { _data, _against, _batch, _threads })
        {
            command.Add(option);
        }

        _preprocessing = new PreprocessingOptions(command);
        var before = command.Options.Count;
        command.Add(_split);
        _videos = new VideoSetOptionGroup(command, _data);
        _clips = new TestClipOptions(command);
        _clip = new ClipOptions(command, _preprocessing);
        _forVideos = [.. command.Options.Skip(before)];
        _common = new CommonOptions(command);
        command.SetAction(RunAsync);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams and the clock, which measures the duration.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("evaluate", "Evaluate a classifier on labelled images or videos: accuracy, confusions, latency.");
        _ = new EvaluateCommand(terminal, command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = Files.Existing(parsed.GetValue(_model)!, "an ONNX file");
        var other = parsed.GetValue(_against) is { } against ? Files.Existing(against, "an ONNX file") : null;
        using var session = Open(path, parsed);
        using var otherSession = other is null ? null : Open(other, parsed);
        var report =
            session.Contract.Input is ClipInput
                ? await EvaluateVideosAsync(parsed, session, otherSession, cancellation)
                : await EvaluateImagesAsync(parsed, session, otherSession, cancellation);
        _common.Show(parsed, _terminal, report);
        return ExitCode.Success;
    }

    /// <summary>Evaluates the networks on images.</summary>
    /// <exception cref="UsageException">An option for videos is given.</exception>
    /// <exception cref="UnsuitableModelException">A network does not take images, or its preprocessing is unknown.</exception>
    private async Task<Report> EvaluateImagesAsync(
        ParseResult parsed,
        OnnxSession session,
        OnnxSession? other,
        CancellationToken cancellation
    )
    {
        session.Contract.RequireImages();
        other?.Contract.RequireImages();

        if (_forVideos.FirstOrDefault(parsed.IsGiven) is { } option)
        {
            throw new UsageException($"{option.Name} is for networks of clips of video; {session.Name} takes images");
        }

        var images = LabelledImages.Open(parsed.GetValue(_data)!, null, cancellation);
        var preprocessing =
            _preprocessing.Resolve(parsed, session.Contract) ?? throw PreprocessingOptions.Unprepared(session.Name, "images");
        var started = _terminal.Time.GetTimestamp();
        return await ProgressDisplay.RunAsync(
            _terminal,
            progress =>
            {
                var result = Run(session, preprocessing, "evaluating", LatencyRuns);
                var comparison = other is null
                    ? null
                    : NetworkComparison.Of(
                        images,
                        result,
                        other.Name,
                        Run(other, other.Contract.Metadata.Images ?? preprocessing, "evaluating the other", 0)
                    );
                return new ImageEvaluationReport(
                    session.Name,
                    images.Path,
                    result,
                    comparison,
                    parsed.GetValue(_threads),
                    _terminal.Time.GetElapsedTime(started)
                ).Create();

                EvaluationResult Run(OnnxSession network, Preprocessing preparation, string stage, int runs) =>
                    new ClassifierEvaluation(
                        new()
                        {
                            Preprocessing = preparation,
                            Batches = new ImageBatchOptions
                            {
                                BatchSize = network.Contract.Batch ?? parsed.GetValue(_batch) ?? new ImageBatchOptions().BatchSize,
                            },
                            LatencyRuns = runs,
                            LatencyTime = LatencyTime,
                        }
                    ).Run(network, images, Translate(progress, stage), cancellation);
            }
        );
    }

    /// <summary>Evaluates the networks on videos.</summary>
    /// <exception cref="UsageException">--short-side is given, which is for images.</exception>
    /// <exception cref="UnsuitableModelException">A network does not take clips, or its preprocessing is unknown.</exception>
    private async Task<Report> EvaluateVideosAsync(
        ParseResult parsed,
        OnnxSession session,
        OnnxSession? other,
        CancellationToken cancellation
    )
    {
        if (_preprocessing.HasShortSide(parsed))
        {
            throw new UsageException($"--short-side is for networks of images; {session.Name} takes clips of video");
        }

        var classifier = new ClipClassifier(session, _clip.Resolve(parsed, session));
        var otherClassifier = other is null ? null : new ClipClassifier(other, other.Contract.Metadata.Clips ?? classifier.Preprocessing);
        var whole = _videos.Read(parsed, cancellation);
        var part = SetPart.Of(whole.Items.Select(item => item.Split), parsed.GetValue(_split), Test, whole.Path);
        var tested = part is null ? whole : whole.Choose(item => item.Split == part);
        foreach (var network in new[] { classifier, otherClassifier }.OfType<ClipClassifier>())
        {
            VideoClassificationResult.Check(TestClipOptions.Unread(tested), network.Labels, network.Classes);
        }

        var threads = parsed.GetValue(_threads);
        var clips = _clips.Count(parsed, classifier.Preprocessing);
        var started = _terminal.Time.GetTimestamp();
        return await ProgressDisplay.RunAsync(
            _terminal,
            async progress =>
            {
                // The cache holds the whole set: caching only a part would remove the frames of the other parts.
                var size = Math.Max(classifier.Preprocessing.Size, otherClassifier?.Preprocessing.Size ?? 0);
                var cache = _clips.Cache(parsed, whole, size);
                using var opened = await TestClipOptions.OpenAsync(
                    cache,
                    cache is null ? tested : whole,
                    size,
                    threads,
                    progress,
                    cancellation
                );
                var videos = opened.Store.Videos;
                using var store = new ChosenVideos(
                    opened.Store,
                    [.. Enumerable.Range(0, videos.Length).Where(video => part is null || videos[video].Split == part)]
                );
                var running = _terminal.Time.GetTimestamp();
                var result = await EvaluateAsync(classifier, session, "evaluating");
                var seconds = _terminal.Time.GetElapsedTime(running).TotalSeconds;
                var clipCount = store.Videos.Sum(video => TestClips.Of(video.Frames, classifier.Preprocessing, clips).Length);
                return new VideoEvaluationReport
                {
                    Model = session.Name,
                    Data = whole.Path,
                    Split = part,
                    Result = result,
                    Preprocessing = classifier.Preprocessing,
                    Clips = clips,
                    ClipsPerSecond = clipCount / seconds,
                    Latency = LatencyOf(session, classifier.Preprocessing, cancellation),
                    Unreadable = tested
                        .Items.IntersectBy(opened.Unreadable.Select(video => video.Name), item => item.Name, StringComparer.Ordinal)
                        .Count(),
                    Against = otherClassifier is null
                        ? null
                        : NetworkComparison.Of(result, other!.Name, await EvaluateAsync(otherClassifier, other, "evaluating the other")),
                    Threads = threads,
                    Elapsed = _terminal.Time.GetElapsedTime(started),
                }.Create();

                async Task<VideoClassificationResult> EvaluateAsync(ClipClassifier network, OnnxSession of, string stage) =>
                    VideoClassificationResult.Of(
                        await network.ScoresAsync(
                            store,
                            new VideoEncodingOptions
                            {
                                Clips = _clips.Count(parsed, network.Preprocessing),
                                Batch = of.Contract.Batch ?? parsed.GetValue(_batch) ?? new VideoEncodingOptions().Batch,
                            },
                            new Relay<VideoEncodingProgress>(value =>
                                progress.Report(new StageProgress(stage, value.Done, value.Total, []))
                            ),
                            cancellation
                        ),
                        network.Labels
                    );
            }
        );
    }

    /// <summary>Measures the latency on one black clip. The duration of the operators does not depend on the values.</summary>
    private static Latency LatencyOf(OnnxSession session, ClipPreprocessing clip, CancellationToken cancellation)
    {
        var tensor = new float[clip.ElementCount];
        return Latency.Measure(() => session.Run(tensor, 1, 3, clip.Frames, clip.Size, clip.Size), LatencyRuns, LatencyTime, cancellation);
    }

    private OnnxSession Open(string path, ParseResult parsed) =>
        OnnxSession.Open(path, new OnnxSessionOptions { Threads = parsed.GetValue(_threads) });

    private static Relay<EvaluationProgress> Translate(IProgress<StageProgress> progress, string stage) =>
        new(value =>
            progress.Report(
                new StageProgress(
                    stage,
                    value.Done,
                    value.Total,
                    value.Done == 0 ? [] : [new Measure("top-1 %", 100.0 * value.Correct / value.Done)]
                )
            )
        );
}
