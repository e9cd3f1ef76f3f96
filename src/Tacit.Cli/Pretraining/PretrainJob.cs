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
    private const string EncoderName = "encoder.onnx";
    private const string ReportName = "report.html";
    private const string OutputOption = "-o";

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
        PretrainRequest request, string folder, bool force, int threads, RunFolderOptions kept, TimeProvider time, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        RunClearing.Check(folder, force, OutputOption, [EncoderName, ReportName]);
        var (videos, part) = await OpenAsync(request, progress, cancellation);
        try
        {
            VideoPretraining.Check(request.Options, part.Store);
            RunClearing.Clear(folder, force, OutputOption, [EncoderName, ReportName]);
            if (threads > 0)
            {
                torch.set_num_threads(threads);
            }

            var description = new RunDescription
            {
                Command = PretrainRequest.Command,
                Options = OptionsJson.ToJson(request),
                Seed = request.Options.Seed,
                ThreadCount = torch.get_num_threads(),
                Inputs = [Fingerprint(request, part)],
            };
            return new PretrainJob(request, videos, part, RunFolder.Create(folder, description, kept, time), time);
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
        string folder, RunFolderOptions kept, TimeProvider time, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var run = RunFolder.Open(folder, options: kept, time: time);
        try
        {
            if (run.Description.Command != PretrainRequest.Command)
            {
                throw new InvalidFileException($"{folder} is a run of tacit {run.Description.Command}, not of tacit {PretrainRequest.Command}") { Path = folder };
            }

            var request = OptionsJson.FromJson<PretrainRequest>(run.Description.Options, path: Path.Combine(folder, "run.json"));
            var (videos, part) = await OpenAsync(request, progress, cancellation);
            if (Fingerprint(request, part).Sha256 != run.Description.Inputs[0].Sha256)
            {
                videos.Dispose();
                throw new InvalidFileException($"the videos in {request.Videos} are others than those that the run began with; begin anew with --force") { Path = request.Videos };
            }

            torch.set_num_threads(run.Description.ThreadCount);
            return new PretrainJob(request, videos, part, run, time);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Does the work, or the rest of it.</summary>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    public async Task<PretrainingSummary> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        _run.Metrics.CutBackTo(VideoPretraining.Stage, _run.Checkpoints.Latest()?.Step ?? 0);
        try
        {
            var pretraining = new VideoPretraining(Request.Options, _time);
            var result = await pretraining.RunAsync(
                _part.Store, torch.device(Request.Device), _run.Checkpoints, new Relay<TrainingProgress>(value => Note(value, progress)), cancellation);
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
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException($"stopped; go on with: tacit pretrain --resume {Files.Quoted(Path.GetRelativePath(".", _run.FullPath))}", cancellation);
        }
        catch (TrainingFailedException failure)
        {
            var last = _run.Checkpoints.Latest();
            throw new TrainingFailedException(last is null
                ? failure.Message
                : $"{failure.Message}. The last good checkpoint is of step {last.Step}: {Path.GetRelativePath(".", _run.Checkpoints.Files[^1])}");
        }
    }

    public void Dispose()
    {
        _videos.Dispose();
        _run.Dispose();
    }

    private static async Task<(OpenedVideos Videos, TrainingPart Part)> OpenAsync(PretrainRequest request, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var set = VideoSet.Read(request.Videos, cancellationToken: cancellation);
        var options = new VideoCacheOptions { ShortSide = request.ShortSide, MaxBad = request.Options.MaxUnreadable };
        var relay = new Relay<VideoSetProgress>(value => progress.Report(new StageProgress(value.Stage, value.Done, value.Total, [])));
        var videos = await VideoStore.OpenAsync(set, request.Cache, request.CacheSize, options, relay, cancellation);
        try
        {
            return (videos, TrainingPart.Of(videos.Store, request.Split, request.Videos));
        }
        catch
        {
            videos.Dispose();
            throw;
        }
    }

    // Of the videos' names and frames: hashing the files themselves could take longer than the training.
    private static RunInput Fingerprint(PretrainRequest request, TrainingPart part)
    {
        var text = string.Join('\n', part.Store.Videos.Select(video => $"{video.Name}\t{video.Frames}\t{video.Height}\t{video.Width}"));
        return new RunInput("videos", request.Videos, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private void Note(TrainingProgress value, IProgress<StageProgress> progress)
    {
        _run.Metrics.Append(value.Stage, value.Step, value.Losses);
        progress.Report(new StageProgress(value.Stage, value.Step, value.Steps, [.. Shown(value.Losses)]));
    }

    private static IEnumerable<Measure> Shown(ImmutableSortedDictionary<string, double> losses) =>
        new[] { "loss", "appearance", "speed" }.Where(losses.ContainsKey).Select(name => new Measure(name, losses[name]))
            .Append(new Measure("waiting %", 100 * losses["waiting"]));
}
