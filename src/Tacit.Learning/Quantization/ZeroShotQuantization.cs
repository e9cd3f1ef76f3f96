using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Shrinks a trained network without its data: HAST (CVPR 2023) from a float network to an integer ONNX file.</summary>
/// <remarks>
/// Synthesise hard samples; insert quantisers and observe their ranges; fine-tune on clean and promoted samples; export;
/// verify the export in ONNX Runtime. From 7 bits rounding is enough, and nothing is fine-tuned.
/// Who owns a few images can give them: ranges are then observed on these, and half of each batch is drawn from them. A network
/// whose batch norms are gone can be quantised by images alone. Clips of video serve networks on clips as images do others.
/// An encoder has no classes: <see cref="NetworkTask.Encoder"/>.
/// </remarks>
/// <example><code>
/// var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths { Weights = 4, Activations = 4 }, seed: 0);
/// var result = new ZeroShotQuantization(options).Run(QuantizationSource.Read("model.onnx"));
/// File.WriteAllBytes("small.onnx", result.Onnx.Span);
/// </code></example>
public sealed class ZeroShotQuantization
{
    /// <summary>The name of the fine-tuning on synthetic samples alone, with which that on images is compared.</summary>
    public const string ZeroShotStage = "zero-shot fine-tuning";

    private const int CheckCount = 4;

    private readonly QuantizationOptions _options;

    /// <summary>The quantisation of networks.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The options do not go together; the message says all that is wrong.</exception>
    public ZeroShotQuantization(QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Violations is { IsEmpty: false } broken)
        {
            throw new ArgumentException(string.Join("; ", broken), nameof(options));
        }

        _options = options;
    }

    /// <summary>Rounds a network on a little noise and runs it in ONNX Runtime, so that what cannot be quantised is refused before any work.</summary>
    /// <param name="source">The float network.</param>
    /// <exception cref="UnsuitableModelException">The network cannot be quantised this way.</exception>
    public void Check(QuantizationSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var (sample, _) = VectorNetwork.Sizes(source.Model);
        var noise = NoiseImages.Of(CheckCount, sample, _options.FineTuning.Seed);
        var student = new FakeQuantizationInsertion(_options.Bits).Apply(source.Model);
        var rounded = new ActivationObserver(source.Model, student, noise, CPU, CancellationToken.None).Apply(RangeEstimator.MinMax);
        rounded = new BiasRounding(_options.Storage).Apply(rounded);
        new RuntimeCheck(source, _options.Bits.Range).Check(
            NetworkOutputs.InTorch(rounded, noise, CPU),
            NetworkOutputs.InRuntime(Export(rounded, source.Layout), noise, source.Layout),
            CheckCount
        );
    }

    /// <summary>Quantises a network.</summary>
    /// <param name="source">The float network.</param>
    /// <param name="samples">Samples synthesised before; null synthesises them.</param>
    /// <param name="images">Images of the kind that the network is used on; null for none.</param>
    /// <param name="device">Where to compute; null is the CPU.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted and taken up again; null keeps it in memory.</param>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    /// <exception cref="UnsuitableModelException">The network cannot be quantised this way.</exception>
    /// <exception cref="InvalidDatasetException">The samples are of another network, or the images of another size.</exception>
    /// <exception cref="TrainingFailedException">The fine-tuning diverged.</exception>
    public QuantizationResult Run(
        QuantizationSource source,
        SyntheticSet? samples = null,
        CalibrationData? images = null,
        Device? device = null,
        ICheckpoints? run = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        device ??= CPU;
        run ??= new MemoryCheckpoints();
        var teacher = source.Model;
        if (samples is null && _options.Synthesis is not null)
        {
            samples = Synthesize(source, device, run, progress, cancellation);
        }

        var pools = SamplePool.Of(source, samples, images, _options);
        var bits = _options.MaxBytes is { } most ? Search(source, pools, most, device, run, progress, cancellation) : _options.Bits;
        var student = new FakeQuantizationInsertion(bits).Apply(teacher);

        // The last pool is the nearest to what the network will see.
        var observation = new ActivationObserver(teacher, student, pools[^1].Kept, device, cancellation);
        var rounded = observation.Apply(RangeEstimator.MinMax);
        var trained = FineTune(observation.Apply(_options.Ranges), pools, HastFineTuning.Stage);
        var zeroShot =
            pools.Length < 2
                ? null
                : FineTune(
                    new ActivationObserver(teacher, student, pools[0].Kept, device, cancellation).Apply(_options.Ranges),
                    pools[..1],
                    ZeroShotStage
                );

        trained = new BiasRounding(_options.Storage).Apply(trained);
        var onnx = Export(trained, source.Layout);
        var roundedOnnx = Export(rounded, source.Layout);
        var zeroShotOnnx = zeroShot is null ? null : Export(zeroShot, source.Layout);
        var evaluator = new QuantizationEvaluator(source, _options.Bits.Range, device);
        return new QuantizationResult
        {
            Onnx = onnx,
            Task = source.Task,
            BytesBefore = source.Original.Bytes,
            Evaluations = [.. pools.Select(pool => evaluator.Evaluate(pool, trained, onnx, roundedOnnx, zeroShotOnnx))],
            Layers = QuantizationEvaluator.Layers(student),
            Activations = evaluator.Noise(trained, pools[^1].HeldOut),
            Samples = samples,
            Confidences = samples is null ? [] : evaluator.Confidences(samples),
            Kernels = KernelReport.Of(onnx),
        };

        Model FineTune(Model observed, ImmutableArray<SamplePool> on, string stage) =>
            NeedsTraining(observed) && pools[0].Name != SamplePool.Noise
                ? new HastFineTuning(_options.FineTuning, teacher, observed, source.Task, stage).Run(
                    [.. on.Select(pool => pool.Kept)],
                    device,
                    run,
                    progress,
                    cancellation
                )
                : observed;
    }

    /// <summary>The first stage alone.</summary>
    /// <inheritdoc cref="Run"/>
    public SyntheticSet Synthesize(
        QuantizationSource source,
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        var synthesis = _options.Synthesis ?? throw new InvalidOperationException("the options say that nothing is synthesised");
        var (images, labels) = new HardSampleSynthesis(synthesis, source.Model, source.Task).Run(device, run, progress, cancellation);
        return new SyntheticSet(images, labels, source.Hash, synthesis.Seed) { Task = source.Task };
    }

    /// <summary>Whether a network's quantisers have so few bits that rounding is not enough.</summary>
    internal static bool NeedsTraining(Model student) =>
        student.Graph.Nodes.Any(node => Quantizer.Of(node) is { Bits: < BitWidths.Sufficient });

    private BitWidths Search(
        QuantizationSource source,
        ImmutableArray<SamplePool> pools,
        long most,
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    ) =>
        new BitSearch(_options.Bits, most).Run(
            source.Model,
            source.Task,
            pools[0].Kept,
            bits => FileBytes(bits, source),
            device,
            run,
            progress,
            cancellation
        );

    // Ranges change no sizes.
    private long FileBytes(BitWidths bits, QuantizationSource source) =>
        Export(new FakeQuantizationInsertion(bits).Apply(source.Model), source.Layout).Length;

    private byte[] Export(Model model, ImageLayout layout)
    {
        var integers = new QdqExport(_options.Storage).Apply(model);
        return OnnxWriter.ToBytes(layout == ImageLayout.ChannelsLast ? ChannelsLastInput.With(integers) : integers);
    }
}
