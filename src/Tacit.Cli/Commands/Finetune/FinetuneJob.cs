using System.Collections.Immutable;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Video.Sets;
using Tacit.Learning.FineTuning;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>
/// A run of <c>tacit finetune</c>: begins or resumes the training, writes and tests the classifier, and creates the report.
/// </summary>
/// <remarks>
/// The run folder holds the lists of training and test videos, metrics and checkpoints, and at the end <c>classifier.onnx</c>,
/// <c>report.html</c> and <c>result.json</c>. The classifier is tested as a file in ONNX Runtime, not as the network that was trained.
/// </remarks>
internal sealed class FinetuneJob : IRunJob
{
    /// <summary>The name of the classifier in the run folder.</summary>
    public const string ClassifierName = "classifier.onnx";
    private const string EncoderInput = "encoder";

    /// <summary>The kind of run: its command, the version of its request and its files.</summary>
    public static readonly RunKind<FinetuneRequest> Kind = new()
    {
        Command = "finetune",
        Version = 3, // 2: videos are a separate object; 3: states in checkpoints are JSON
        FolderOption = "-o",
        Files = [ClassifierName, .. FinetuneParts.ListNames],
        Output = (_, folder) => Path.Combine(folder, ClassifierName),
    };

    private readonly VideoRun<FinetuneRequest, FinetuneParts> _run;
    private readonly Model _encoder;

    private FinetuneJob(VideoRun<FinetuneRequest, FinetuneParts> run, Model encoder) => (_run, _encoder) = (run, encoder);

    /// <summary>Opens the videos, verifies that the encoder can be trained on them, and begins a run.</summary>
    /// <param name="request">The request, which is stored in the run.</param>
    /// <param name="encoder">The encoder, read from the file in the request.</param>
    /// <param name="set">The listed videos.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="settings">Whether an earlier run is overwritten, and the interval of checkpoints.</param>
    /// <param name="progress">Displays the decoding.</param>
    /// <param name="cancellation">Cancels the decoding.</param>
    /// <inheritdoc cref="VideoRun{TRequest, TParts}.BeginAsync"/>
    public static async Task<IRunJob> BeginAsync(
        FinetuneRequest request,
        Model encoder,
        VideoSet set,
        string folder,
        RunSettings settings,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) =>
        new FinetuneJob(
            await VideoRun<FinetuneRequest, FinetuneParts>.BeginAsync(
                Kind,
                request,
                set,
                [RunInput.Of(EncoderInput, request.Encoder)],
                parts => VideoFineTuning.Check(request.Options, encoder, parts.Train.Store, parts.Test?.Store),
                folder,
                settings,
                progress,
                cancellation
            ),
            encoder
        );

    /// <summary>Resumes a run after verifying that its encoder and videos have not changed.</summary>
    /// <inheritdoc cref="VideoRun{TRequest, TParts}.ResumeAsync"/>
    public static async Task<IRunJob> ResumeAsync(
        RunHost<FinetuneRequest> host,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        host.CheckInput(EncoderInput, host.Request.Encoder);
        var encoder = OnnxReader.Read(host.Request.Encoder);
        return new FinetuneJob(await VideoRun<FinetuneRequest, FinetuneParts>.ResumeAsync(host, progress, cancellation), encoder);
    }

    /// <inheritdoc/>
    public Task<Report> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var (host, parts) = (_run.Host, _run.Parts);
        return host.RunAsync(
            async (checkpoints, steps) =>
            {
                var result = await new VideoFineTuning(host.Request.Options, host.Time).RunAsync(
                    _encoder,
                    parts.Train.Store,
                    torch.device(host.Request.Device),
                    checkpoints,
                    steps,
                    cancellation
                );
                OnnxWriter.Write(result.Classifier, host.Output);
                var test = parts.Test is null
                    ? null
                    : await ClassifierFileEvaluation.RunAsync(
                        host.Output,
                        parts.Test.Store,
                        result.Classes,
                        host.ThreadCount,
                        progress,
                        cancellation
                    );
                return new FinetuneReport(host, _encoder, result)
                {
                    Test = test,
                    SharedSources = parts.SharedSources,
                    LeftOut = parts.LeftOut,
                    Unreadable = _run.Unreadable(result.Unreadable),
                }.Create();
            },
            Shown,
            progress,
            cancellation
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    /// <summary>Selects the values of a step that the progress display shows.</summary>
    private static IEnumerable<Measure> Shown(ImmutableSortedDictionary<string, double> losses) =>
        new[] { "loss", "accuracy", "validation.accuracy" }.Where(losses.ContainsKey).Select(name => new Measure(name, losses[name]));
}
