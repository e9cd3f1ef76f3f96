using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Pretraining;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Video;
using Tacit.Learning.Protocols;
using Tacit.Learning.Training;
using TorchSharp;

namespace Tacit.Cli.FineTuning;

/// <summary>One fine-tuning in its run folder: begins it or goes on with it, tests the classifier, and leaves it and the page.</summary>
internal sealed class FinetuneJob : IDisposable
{
    /// <summary>The file that a run leaves.</summary>
    public const string ClassifierName = "classifier.onnx";

    private const string ReportName = RunFolder.ReportName;
    private const string TrainName = "videos.tsv";
    private const string TestName = "test-videos.tsv";
    private const string EncoderInput = "encoder";
    private const string OutputOption = "-o";

    private static readonly string[] OwnFiles = [ClassifierName, ReportName, TrainName, TestName];

    private readonly RunFolder _run;
    private readonly Model _encoder;
    private readonly OpenedVideos _videos;
    private readonly FinetuneParts _parts;
    private readonly TimeProvider _time;

    private FinetuneJob(
        FinetuneRequest request,
        Model encoder,
        OpenedVideos videos,
        FinetuneParts parts,
        RunFolder run,
        TimeProvider time
    ) => (Request, _encoder, _videos, _parts, _run, _time) = (request, encoder, videos, parts, run, time);

    /// <summary>What is asked for.</summary>
    public FinetuneRequest Request { get; }

    /// <summary>Opens the videos and begins a run.</summary>
    /// <exception cref="UsageException">The folder holds something, and is not to be overwritten.</exception>
    /// <exception cref="ContentException">The encoder cannot be trained, or not on these videos.</exception>
    public static async Task<FinetuneJob> BeginAsync(
        FinetuneRequest request,
        Model encoder,
        VideoSet set,
        string folder,
        bool force,
        int threads,
        RunFolderOptions kept,
        TimeProvider time,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        RunClearing.Check(folder, force, OutputOption, OwnFiles);
        var videos = await OpenAsync(request, set, progress, cancellation);
        try
        {
            var parts = FinetuneParts.Of(videos.Store, request.Split, request.Videos);
            VideoFineTuning.Check(request.Options, encoder, parts.Train.Store, parts.Test?.Store);
            RunClearing.Clear(folder, force, OutputOption, OwnFiles);
            if (threads > 0)
            {
                torch.set_num_threads(threads);
            }

            var (train, test) = (parts.Train.Describe(), parts.Test?.Describe() ?? []);
            var description = new RunDescription
            {
                Command = FinetuneRequest.Command,
                Options = OptionsJson.ToJson(request),
                Seed = request.Options.Seed,
                ThreadCount = torch.get_num_threads(),
                Inputs =
                [
                    RunInput.Of(EncoderInput, request.Encoder),
                    new RunInput("videos", request.Videos, Convert.ToHexStringLower(SHA256.HashData([.. train, .. test]))),
                ],
            };
            var run = RunFolder.Create(folder, description, kept, time);
            AtomicFile.Write(Path.Combine(run.FullPath, TrainName), stream => stream.Write(train));
            AtomicFile.Write(Path.Combine(run.FullPath, TestName), stream => stream.Write(test));
            return new FinetuneJob(request, encoder, videos, parts, run, time);
        }
        catch
        {
            videos.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a run.</summary>
    /// <exception cref="ContentException">There is no such run, or its encoder or its videos are gone or others.</exception>
    public static async Task<FinetuneJob> ResumeAsync(
        string folder,
        RunFolderOptions kept,
        TimeProvider time,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var run = RunFolder.Open(folder, options: kept, time: time);
        try
        {
            var request = ResumableRun.Request<FinetuneRequest>(run, FinetuneRequest.Command, folder);
            var encoder = EncoderOf(request, run);
            var videos = await OpenAsync(request, VideoSet.Read(request.Videos, request.Set, cancellation), progress, cancellation);
            try
            {
                var parts = FinetuneParts.Listed(videos.Store, await LinesAsync(TrainName), await LinesAsync(TestName), request.Videos);
                torch.set_num_threads(run.Description.ThreadCount);
                return new FinetuneJob(request, encoder, videos, parts, run, time);
            }
            catch
            {
                videos.Dispose();
                throw;
            }
        }
        catch
        {
            run.Dispose();
            throw;
        }

        Task<string[]> LinesAsync(string name) =>
            File.ReadAllLinesAsync(
                Files.Existing(Path.Combine(run.FullPath, name), "the videos that the run began with; begin anew with --force"),
                cancellation
            );
    }

    /// <summary>Does the work, or the rest of it.</summary>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    public Task<FinetuneSummary> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        _run.Metrics.CutBackTo(VideoFineTuning.Stage, _run.Checkpoints.Latest()?.Step ?? 0);
        return ResumableRun.WorkAsync(
            _run,
            async () =>
            {
                var result = await new VideoFineTuning(Request.Options, _time).RunAsync(
                    _encoder,
                    _parts.Train.Store,
                    torch.device(Request.Device),
                    _run.Checkpoints,
                    new Relay<TrainingProgress>(value => ResumableRun.Note(_run, value, progress, Shown(value.Losses))),
                    cancellation
                );
                var classifier = Path.Combine(_run.FullPath, ClassifierName);
                OnnxWriter.Write(result.Classifier, classifier);
                var report = Path.Combine(_run.FullPath, ReportName);
                var summary = new FinetuneSummary
                {
                    Request = Request,
                    Backbone = FinetuneSummary.BackboneOf(_encoder),
                    Classifier = classifier,
                    Report = report,
                    Run = _run.FullPath,
                    Result = result,
                    Test = _parts.Test is null
                        ? null
                        : await ClassifierTest.RunAsync(
                            classifier,
                            _parts.Test.Store,
                            result.Classes,
                            _run.Description.ThreadCount,
                            progress,
                            cancellation
                        ),
                    SharedSources = _parts.SharedSources,
                    LeftOut = _parts.LeftOut,
                    Unreadable = [.. _videos.Unreadable.Select(video => (video.Name, video.Reason)), .. result.Unreadable],
                    Metrics = _run.Metrics.Read(),
                    Seconds = _time.GetElapsedTime(started).TotalSeconds,
                };
                AtomicFile.Write(report, stream => stream.Write(Encoding.UTF8.GetBytes(FinetunePage.Of(summary))));
                return summary;
            },
            cancellation
        );
    }

    public void Dispose()
    {
        _videos.Dispose();
        _run.Dispose();
    }

    private static Model EncoderOf(FinetuneRequest request, RunFolder run)
    {
        Files.Existing(request.Encoder, "the encoder that the run began with");
        return
            RunInput.Of(EncoderInput, request.Encoder).Sha256
            == run.Description.Inputs.FirstOrDefault(input => input.Name == EncoderInput)?.Sha256
            ? OnnxReader.Read(request.Encoder)
            : throw new InvalidFileException($"{request.Encoder} has changed since the run began; put it back, or begin anew with --force")
            {
                Path = request.Encoder,
            };
    }

    private static Task<OpenedVideos> OpenAsync(
        FinetuneRequest request,
        VideoSet set,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) =>
        TrainingPart.OpenAsync(
            set,
            request.Cache,
            request.CacheSize,
            request.ShortSide,
            request.Options.MaxUnreadable,
            progress,
            cancellation
        );

    private static IEnumerable<Measure> Shown(ImmutableSortedDictionary<string, double> losses) =>
        new[] { "loss", "accuracy", "validation.accuracy" }.Where(losses.ContainsKey).Select(name => new Measure(name, losses[name]));
}
