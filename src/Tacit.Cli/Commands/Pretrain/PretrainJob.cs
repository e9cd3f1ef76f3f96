using System.Collections.Immutable;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Video.Sets;
using Tacit.Learning.Pretraining;
using TorchSharp;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>A run of <c>tacit pretrain</c>: begins or resumes the training, writes the encoder, and creates the report.</summary>
/// <remarks>
/// The run folder holds the list of videos, metrics and checkpoints, and at the end <c>encoder.onnx</c>, <c>report.html</c> and
/// <c>result.json</c>.
/// </remarks>
internal sealed class PretrainJob : IRunJob
{
    /// <summary>The name of the encoder in the run folder.</summary>
    public const string EncoderName = "encoder.onnx";

    /// <summary>The kind of run: its command, the version of its request and its files.</summary>
    public static readonly RunKind<PretrainRequest> Kind = new()
    {
        Command = "pretrain",
        Version = 3, // 2: videos are a separate object; 3: states in checkpoints are JSON
        FolderOption = "-o",
        Files = [EncoderName, .. TrainingPart.ListNames],
        Output = (_, folder) => Path.Combine(folder, EncoderName),
    };

    private readonly VideoRun<PretrainRequest, TrainingPart> _run;

    private PretrainJob(VideoRun<PretrainRequest, TrainingPart> run) => _run = run;

    /// <summary>Opens the videos, verifies that they and the device suit the options, and begins a run.</summary>
    /// <inheritdoc cref="VideoRun{TRequest, TParts}.BeginAsync"/>
    public static async Task<IRunJob> BeginAsync(
        PretrainRequest request,
        VideoSet set,
        string folder,
        RunSettings settings,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) =>
        new PretrainJob(
            await VideoRun<PretrainRequest, TrainingPart>.BeginAsync(
                Kind,
                request,
                set,
                [],
                part => VideoPretraining.Check(request.Options, part.Store, torch.device(request.Device)),
                folder,
                settings,
                progress,
                cancellation
            )
        );

    /// <summary>Resumes a run after verifying that its videos have not changed.</summary>
    /// <inheritdoc cref="VideoRun{TRequest, TParts}.ResumeAsync"/>
    public static async Task<IRunJob> ResumeAsync(
        RunHost<PretrainRequest> host,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) => new PretrainJob(await VideoRun<PretrainRequest, TrainingPart>.ResumeAsync(host, progress, cancellation));

    /// <inheritdoc/>
    public Task<Report> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var (host, part) = (_run.Host, _run.Parts);
        return host.RunAsync(
            async (checkpoints, steps) =>
            {
                var pretraining = new VideoPretraining(host.Request.Options, host.Time);
                var result = await pretraining.RunAsync(part.Store, torch.device(host.Request.Device), checkpoints, steps, cancellation);
                progress.Report(new StageProgress("writing", 0, 0, []));
                OnnxWriter.Write(result.Encoder, host.Output);
                return new PretrainReport(host, result)
                {
                    Videos = part.Store.Videos.Length,
                    LeftOut = part.LeftOut,
                    Unreadable = _run.Unreadable(result.Unreadable),
                    Sheets = await ContactSheets.OfAsync(pretraining, part.Store, result, host.Request.Options, cancellation),
                }.Create();
            },
            Shown,
            progress,
            cancellation
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    /// <summary>
    /// Selects the values of a step that the progress display shows. "waiting" is the share of time spent waiting for clips.
    /// </summary>
    private static IEnumerable<Measure> Shown(ImmutableSortedDictionary<string, double> losses) =>
        new[] { "loss", "appearance", "speed" }
            .Where(losses.ContainsKey)
            .Select(name => new Measure(name, losses[name]))
            .Append(new Measure("waiting %", 100 * losses["waiting"]));
}
