using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Cli.Reporting;
using Tacit.Graphs;
using Tacit.Graphs.Rewriting;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Training;
using TorchSharp;

namespace Tacit.Cli.Quantization;

/// <summary>One quantisation in its run folder: begins it or goes on with it, and leaves the output and the page.</summary>
internal sealed class QuantizeJob : IDisposable
{
    private const string SamplesName = "samples.safetensors";
    private const string CalibrationName = "calibration.safetensors";
    private const string ReportName = RunFolder.ReportName;

    private readonly RunFolder _run;
    private readonly QuantizationSource _source;
    private readonly TimeProvider _time;

    private QuantizeJob(QuantizeRequest request, QuantizationSource source, RunFolder run, TimeProvider time) =>
        (Request, _source, _run, _time) = (request, source, run, time);

    /// <summary>What is asked for.</summary>
    public QuantizeRequest Request { get; }

    private string CalibrationPath => Path.Combine(_run.FullPath, CalibrationName);

    private string SamplesPath => Path.Combine(_run.FullPath, SamplesName);

    /// <summary>Begins a run.</summary>
    /// <exception cref="UsageException">The folder holds something, and the request does not force.</exception>
    /// <exception cref="ContentException">The network cannot be quantised.</exception>
    public static QuantizeJob Begin(
        QuantizeRequest request,
        CalibrationImages? images,
        string folder,
        IReadOnlyDictionary<string, Shape>? inputs,
        int threads,
        RunFolderOptions kept,
        TimeProvider time
    )
    {
        if (threads > 0)
        {
            torch.set_num_threads(threads);
        }

        var source = request.Read(inputs);
        if (!request.Prototypes && source.Task == NetworkTask.Classifier)
        {
            throw new UsageException($"--no-prototypes is for encoders, and {request.Model} is a classifier: leave it out");
        }

        var options = request.ToOptions(source);

        // Says what is wrong with the network before anything is written.
        _ = new FakeQuantizationInsertion(options.Bits).Apply(source.Model);
        if (options.Synthesis is not null && source.BatchNorms is { Kept: 0 } norms)
        {
            throw new UnsuitableModelException(
                $"{norms.Explanation}, export the network again with torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False), or take plain rounding with --allow-rounding"
            )
            {
                Path = request.Model,
            };
        }

        if (options.Synthesis is not null && request.SamplesFrom is null)
        {
            _ = new HardSampleSynthesis(options.Synthesis, source.Model, source.Task);
        }

        if (options.Synthesis is null && request.KeepSamples is not null)
        {
            throw new UsageException("nothing is synthesised from this network: leave out --keep-samples");
        }

        var input = source.Model.Graph.Inputs[0].Type.Shape;
        if (images is not null && (images.Count < 2 || !images.Images.Shape.Skip(1).SequenceEqual(input.Skip(1))))
        {
            throw new InvalidDatasetException(
                $"{images.Source} gives {images.Images.Shape} numbers, which do not serve a network of input {input}: at least 2 {source.Contract.Samples} of its channels and size are needed"
            )
            {
                Path = images.Source,
            };
        }

        new ZeroShotQuantization(options).Check(source);
        RunClearing.Clear(folder, request.Force, "--run", [SamplesName, CalibrationName, ReportName]);
        var description = new RunDescription
        {
            Command = QuantizeRequest.Command,
            Options = OptionsJson.ToJson(request, QuantizeRequest.Version),
            Seed = request.Seed,
            ThreadCount = torch.get_num_threads(),
            Inputs = [.. request.Files().Select(file => RunInput.Of(file.Name, file.Path))],
        };
        var job = new QuantizeJob(request, source, RunFolder.Create(folder, description, kept, time), time);
        images?.Save(job.CalibrationPath);
        return job;
    }

    /// <summary>Goes on with a run.</summary>
    /// <exception cref="ContentException">There is no such run, or its network is gone or another.</exception>
    public static QuantizeJob Resume(string folder, RunFolderOptions kept, TimeProvider time)
    {
        var run = RunFolder.Open(folder, options: kept, time: time);
        try
        {
            var request = ResumableRun.Request<QuantizeRequest>(run, QuantizeRequest.Command, folder, QuantizeRequest.Version);
            foreach (var (name, path) in request.Files())
            {
                Files.Existing(path, "the file that the run began with");
                if (RunInput.Of(name, path).Sha256 != run.Description.Inputs.FirstOrDefault(input => input.Name == name)?.Sha256)
                {
                    throw new InvalidFileException($"{path} has changed since the run began; put the old file back, or begin anew")
                    {
                        Path = path,
                    };
                }
            }

            if (request.Calibration is not null && !File.Exists(Path.Combine(run.FullPath, CalibrationName)))
            {
                throw new InvalidFileException($"{folder} was stopped before its images were kept; begin anew with --force")
                {
                    Path = folder,
                };
            }

            torch.set_num_threads(run.Description.ThreadCount);
            var inputs = request.InputShape is { } shape
                ? InputShapeOption.Of(shape, Tacit.Graphs.Onnx.OnnxReader.Read(request.Model).Graph)
                : null;
            return new QuantizeJob(request, request.Read(inputs), run, time);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Does the work, or the rest of it.</summary>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    public QuantizationSummary Run(IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var options = Request.ToOptions(_source);
        var device = torch.device(Request.Device);
        var quantization = new ZeroShotQuantization(options);
        var checkpoints = _run.Checkpoints;
        CutBackMetrics();
        var relay = new Relay<TrainingProgress>(value => Note(value, progress));
        try
        {
            var samples = options.Synthesis is null ? null : Samples(quantization, device, checkpoints, relay, cancellation);
            var images = Request.Calibration is null ? null : CalibrationImages.Load(CalibrationPath);
            var result = quantization.Run(_source, samples, images, device, checkpoints, relay, cancellation);
            progress.Report(new StageProgress("writing", 0, 0, []));
            AtomicFile.Write(Request.Output, stream => stream.Write(result.Onnx.Span));
            var report = Path.Combine(_run.FullPath, ReportName);
            var summary = Summaries.Of(Request, options, _source, result, _run, report) with
            {
                Seconds = _time.GetElapsedTime(started).TotalSeconds,
            };
            AtomicFile.Write(report, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(QuantizationPage.Of(summary))));
            return summary;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException(
                $"stopped; go on with: tacit quantize --resume {Files.Quoted(Path.GetRelativePath(".", _run.FullPath))}",
                cancellation
            );
        }
    }

    public void Dispose() => _run.Dispose();

    // The samples of an earlier run, those of this one, or new ones; new ones are kept in the run folder at once.
    private SyntheticSet Samples(
        ZeroShotQuantization quantization,
        torch.Device device,
        ICheckpoints checkpoints,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        if (Request.SamplesFrom is { } given)
        {
            return SyntheticSet.Load(given);
        }

        SyntheticSet samples;
        if (File.Exists(SamplesPath))
        {
            samples = SyntheticSet.Load(SamplesPath);
        }
        else
        {
            samples = quantization.Synthesize(_source, device, checkpoints, progress, cancellation);
            samples.Save(SamplesPath);
        }

        if (Request.KeepSamples is { } kept)
        {
            samples.Save(kept);
        }

        return samples;
    }

    // To where the newest checkpoint stands, or to the start.
    private void CutBackMetrics()
    {
        var latest = _run.Checkpoints.Latest();
        var stage = latest?.Stage ?? _run.Metrics.Read().FirstOrDefault()?.Stage;
        if (stage is not null)
        {
            _run.Metrics.CutBackTo(stage, latest?.Step ?? 0);
        }
    }

    private void Note(TrainingProgress value, IProgress<StageProgress> progress)
    {
        _run.Metrics.Append(value.Stage, value.Step, value.Losses);
        progress.Report(
            new StageProgress(value.Stage, value.Step, value.Steps, [.. value.Losses.Select(loss => new Measure(loss.Key, loss.Value))])
        );
    }
}
