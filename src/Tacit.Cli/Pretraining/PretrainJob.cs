using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Video;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Training;
using TorchSharp;

namespace Tacit.Cli.Pretraining;

/// <summary>One pretraining in its run folder: begins it or goes on with it, and leaves the encoder and the page.</summary>
internal sealed class PretrainJob : IDisposable
{
    /// <summary>The file that a run leaves.</summary>
    public const string EncoderName = "encoder.onnx";

    private const string ReportName = "report.html";
    private const string VideosName = "videos.tsv";
    private const string OutputOption = "-o";

    private static readonly string[] OwnFiles = [EncoderName, ReportName, VideosName];

    private readonly RunFolder _run;
    private readonly OpenedVideos _videos;
    private readonly TrainingPart _part;
    private readonly TimeProvider _time;

    private PretrainJob(PretrainRequest request, OpenedVideos videos, TrainingPart part, RunFolder run, TimeProvider time) =>
        (Request, _videos, _part, _run, _time) = (request, videos, part, run, time);

    /// <summary>What is asked for.</summary>
    public PretrainRequest Request { get; }

    /// <summary>Opens the videos and begins a run.</summary>
    /// <exception cref="UsageException">The folder holds something, and is not to be overwritten.</exception>
    /// <exception cref="ContentException">The videos cannot be trained on.</exception>
    public static async Task<PretrainJob> BeginAsync(
        PretrainRequest request,
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
            var part = TrainingPart.Of(videos.Store, request.Split, request.Videos);
            VideoPretraining.Check(request.Options, part.Store, torch.device(request.Device));
            RunClearing.Clear(folder, force, OutputOption, OwnFiles);
            if (threads > 0)
            {
                torch.set_num_threads(threads);
            }

            var listed = part.Describe();
            var description = new RunDescription
            {
                Command = PretrainRequest.Command,
                Options = OptionsJson.ToJson(request, PretrainRequest.Version),
                Seed = request.Options.Seed,
                ThreadCount = torch.get_num_threads(),
                Inputs = [new RunInput("videos", request.Videos, Convert.ToHexStringLower(SHA256.HashData(listed)))],
            };
            var run = RunFolder.Create(folder, description, kept, time);
            AtomicFile.Write(Path.Combine(run.FullPath, VideosName), stream => stream.Write(listed));
            return new PretrainJob(request, videos, part, run, time);
        }
        catch
        {
            videos.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a run.</summary>
    /// <exception cref="ContentException">There is no such run, or its videos are gone or others.</exception>
    public static async Task<PretrainJob> ResumeAsync(
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
            var request = ResumableRun.Request<PretrainRequest>(run, PretrainRequest.Command, folder, PretrainRequest.Version);
            var listed = Files.Existing(
                Path.Combine(run.FullPath, VideosName),
                "the videos that the run began with; begin anew with --force"
            );
            var videos = await OpenAsync(request, VideoSet.Read(request.Videos, request.Set, cancellation), progress, cancellation);
            try
            {
                var part = TrainingPart.Listed(videos.Store, await File.ReadAllLinesAsync(listed, cancellation), request.Videos);
                torch.set_num_threads(run.Description.ThreadCount);
                return new PretrainJob(request, videos, part, run, time);
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
    }

    /// <summary>Does the work, or the rest of it.</summary>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    public Task<PretrainingSummary> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        _run.Metrics.CutBackTo(VideoPretraining.Stage, _run.Checkpoints.Latest()?.Step ?? 0);
        return ResumableRun.WorkAsync(
            _run,
            async () =>
            {
                var pretraining = new VideoPretraining(Request.Options, _time);
                var result = await pretraining.RunAsync(
                    _part.Store,
                    torch.device(Request.Device),
                    _run.Checkpoints,
                    new Relay<TrainingProgress>(value => ResumableRun.Note(_run, value, progress, Shown(value.Losses))),
                    cancellation
                );
                progress.Report(new StageProgress("writing", 0, 0, []));
                var encoder = Path.Combine(_run.FullPath, EncoderName);
                OnnxWriter.Write(result.Encoder, encoder);
                var sheets = await ContactSheets.OfAsync(pretraining, _part.Store, result, Request.Options, cancellation);
                var report = Path.Combine(_run.FullPath, ReportName);
                var summary = new PretrainingSummary
                {
                    Request = Request,
                    Encoder = encoder,
                    Report = report,
                    Run = _run.FullPath,
                    Result = result,
                    Videos = _part.Store.Videos.Length,
                    LeftOut = _part.LeftOut,
                    Unreadable = [.. _videos.Unreadable.Select(video => (video.Name, video.Reason)), .. result.Unreadable],
                    Metrics = _run.Metrics.Read(),
                    Seconds = _time.GetElapsedTime(started).TotalSeconds,
                };
                AtomicFile.Write(report, stream => stream.Write(Encoding.UTF8.GetBytes(PretrainingPage.Of(summary, sheets))));
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

    private static Task<OpenedVideos> OpenAsync(
        PretrainRequest request,
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
        new[] { "loss", "appearance", "speed" }
            .Where(losses.ContainsKey)
            .Select(name => new Measure(name, losses[name]))
            .Append(new Measure("waiting %", 100 * losses["waiting"]));
}
