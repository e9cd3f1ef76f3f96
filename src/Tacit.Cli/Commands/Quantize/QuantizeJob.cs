using Tacit.Cli.Commands.Inspect;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>A run of <c>tacit quantize</c>: begins or resumes the work, writes the quantised network, and creates the report.</summary>
/// <remarks>
/// The run folder holds <c>samples.safetensors</c> and <c>calibration.safetensors</c> if they are used, metrics and checkpoints, and at the
/// end <c>report.html</c> and <c>result.json</c>. The quantised network is written to --output, outside the folder.
/// </remarks>
internal sealed class QuantizeJob : IRunJob
{
    private const string SamplesName = "samples.safetensors";
    private const string CalibrationName = "calibration.safetensors";

    /// <summary>The kind of run: its command, the version of its request and its files.</summary>
    public static readonly RunKind<QuantizeRequest> Kind = new()
    {
        Command = "quantize",
        Version = 5, // 2: the range of weights is safe by default; 3: options are resolved; 4: checkpoints of the training loop; 5: tasks
        FolderOption = "--run",
        Files = [SamplesName, CalibrationName],
        Output = (request, _) => request.Files.Output,
    };

    private readonly RunHost<QuantizeRequest> _host;
    private readonly QuantizationSource _source;

    private QuantizeJob(RunHost<QuantizeRequest> host, QuantizationSource source) => (_host, _source) = (host, source);

    private QuantizeRequest Request => _host.Request;

    /// <summary>Verifies that the network can be quantised as requested, and begins a run.</summary>
    /// <remarks>
    /// Before anything is written, <see cref="ZeroShotQuantization.Check"/> tries the quantisers on a few samples, the batch norms are
    /// counted, and the shapes of the calibration data are compared with the input. The calibration data is then copied into the run folder.
    /// </remarks>
    /// <param name="request">The request, which is stored in the run.</param>
    /// <param name="source">The float network.</param>
    /// <param name="images">The calibration data, (N, ...) with the input shape of the network; null for none.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="settings">Whether an earlier run is overwritten, and the interval of checkpoints.</param>
    /// <exception cref="UsageException">
    /// The folder holds other files or an earlier run, --no-prototypes is given for a network that is not an encoder, or --keep-samples is given and nothing is
    /// synthesised.
    /// </exception>
    /// <exception cref="ContentException">
    /// The network cannot be quantised, has no batch norms to synthesise samples from, or the calibration data does not match its input.
    /// </exception>
    public static IRunJob Begin(
        QuantizeRequest request,
        QuantizationSource source,
        CalibrationData? images,
        string folder,
        RunSettings settings
    )
    {
        var (files, options) = (request.Files, request.Options);
        if (!options.FineTuning.Prototypes && request.Task != NetworkTask.Features)
        {
            throw new UsageException(
                $"--no-prototypes is for encoders, and the outputs of {files.Model} are taken for {request.Task.ToString().ToLowerInvariant()}; remove it"
            );
        }

        // Says what is wrong with the network before anything is written.
        new ZeroShotQuantization(options).Check(source);
        if (options.Synthesis is not null && source.BatchNorms is { Kept: 0 } norms)
        {
            throw new UnsuitableModelException(
                $"{norms.Explanation}; give --calibration FOLDER, export the network again with {Inspection.HowToKeep}, or take plain rounding with --allow-rounding"
            )
            {
                Path = files.Model,
            };
        }

        if (options.Synthesis is not null && files.SamplesFrom is null)
        {
            _ = new HardSampleSynthesis(options.Synthesis, source.Model, source.Task);
        }

        if (options.Synthesis is null && files.KeepSamples is not null)
        {
            throw new UsageException("nothing is synthesised from this network; remove --keep-samples");
        }

        var input = source.Model.Graph.Inputs[0].Type.Shape;
        if (images is not null && (images.Count < 2 || !images.Images.Shape.Skip(1).SequenceEqual(input.Skip(1))))
        {
            throw new InvalidDatasetException(
                $"{images.Source} gives {images.Images.Shape} values, but the network with the input {input} needs at least 2 {source.Contract.Samples} of its channels and size"
            )
            {
                Path = images.Source,
            };
        }

        return new QuantizeJob(
            RunHost<QuantizeRequest>.Begin(
                Kind,
                request,
                files.Inputs().Select(file => RunInput.Of(file.Name, file.Path)),
                folder,
                settings,
                run => images?.Save(run[CalibrationName])
            ),
            source
        );
    }

    /// <summary>Resumes a run after verifying that its network and samples have not changed and that its output can be written.</summary>
    /// <param name="host">The run.</param>
    /// <param name="force">Whether an existing output may be overwritten, in addition to --force of the original command.</param>
    /// <exception cref="UsageException">The output exists and may not be overwritten.</exception>
    /// <exception cref="ContentException">
    /// An input is missing or has changed, or the run was stopped before its calibration data was copied.
    /// </exception>
    public static IRunJob Resume(RunHost<QuantizeRequest> host, bool force)
    {
        var files = host.Request.Files;
        Files.CheckOutput(files.Output, files.Force || force);
        foreach (var (name, path) in files.Inputs())
        {
            host.CheckInput(name, path);
        }

        if (files.Calibration is not null && !File.Exists(host[CalibrationName]))
        {
            throw new InvalidFileException($"{host.Folder} was stopped before its images were kept; start again with --force")
            {
                Path = host.Folder,
            };
        }

        var network = UnusedInputs.Remove(OnnxReader.Read(files.Model));
        var inputs = files.InputShape is { } shape ? InputShapeOption.Of(shape, network.Graph.Inputs) : null;
        return new QuantizeJob(host, host.Request.Describe(QuantizationSource.Of(network, files.Model, inputs)));
    }

    /// <inheritdoc/>
    public Task<Report> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation) =>
        _host.RunAsync(
            (checkpoints, steps) => Task.FromResult(Quantize(checkpoints, steps, progress, cancellation)),
            losses => losses.Select(loss => new Measure(loss.Key, loss.Value)),
            progress,
            cancellation
        );

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();

    /// <summary>Synthesises or loads samples, quantises the network, and writes it.</summary>
    private Report Quantize(
        ICheckpoints checkpoints,
        IProgress<TrainingProgress> steps,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var options = Request.Options;
        var device = torch.device(Request.Device);
        var quantization = new ZeroShotQuantization(options);
        var samples = options.Synthesis is null ? null : Samples(quantization, device, checkpoints, steps, cancellation);
        var images = Request.Files.Calibration is null ? null : CalibrationData.Load(_host[CalibrationName]);
        var result = quantization.Run(_source, samples, images, device, checkpoints, steps, cancellation);
        progress.Report(new StageProgress("writing", 0, 0, []));
        AtomicFile.Write(_host.Output, stream => stream.Write(result.Onnx.Span));
        return new QuantizeReport(_host, _source, result).Create();
    }

    /// <summary>
    /// Returns the samples of --samples-from, those already in the run folder, or new ones. New samples are saved at once, so that a
    /// resumed run does not synthesise them again.
    /// </summary>
    private SyntheticSet Samples(
        ZeroShotQuantization quantization,
        torch.Device device,
        ICheckpoints checkpoints,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        if (Request.Files.SamplesFrom is { } given)
        {
            return SyntheticSet.Load(given);
        }

        SyntheticSet samples;
        if (File.Exists(_host[SamplesName]))
        {
            samples = SyntheticSet.Load(_host[SamplesName]);
        }
        else
        {
            samples = quantization.Synthesize(_source, device, checkpoints, progress, cancellation);
            samples.Save(_host[SamplesName]);
        }

        if (Request.Files.KeepSamples is { } kept)
        {
            samples.Save(kept);
        }

        return samples;
    }
}
