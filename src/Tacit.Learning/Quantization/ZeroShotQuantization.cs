using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Quantises a trained network without its data: HAST (CVPR 2023), from a float network to an integer ONNX file.</summary>
/// <remarks>
/// <para>The stages are:</para>
/// <list type="number">
/// <item>Synthesise hard samples from the float network (<see cref="HardSampleSynthesis"/>).</item>
/// <item>Choose the bits of each layer if the size of the file is limited (<see cref="QuantizationOptions.MaxBytes"/>).</item>
/// <item>Insert quantisers and observe the ranges of activations (<see cref="ActivationObserver"/>).</item>
/// <item>
/// Fine-tune on clean and promoted samples (<see cref="HastFineTuning"/>). With 7 or 8 bits, rounding is enough: channels are balanced before
/// (<see cref="CrossLayerEqualization"/>), and biases are corrected (<see cref="BiasCorrection"/>).
/// </item>
/// <item>Export the network, and compare the file in ONNX Runtime with the simulation and with the float network.</item>
/// </list>
/// <para>
/// A few images of the user's own improve the result: ranges are then observed on them, and half of each batch of fine-tuning is
/// drawn from them. A network without batch norms can be quantised by images alone. Networks on clips of video take clips in
/// the same way. For encoders, see <see cref="NetworkTask.Features"/>.
/// </para>
/// </remarks>
/// <example><code>
/// var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths { Weights = 4, Activations = 4 }, seed: 0);
/// var result = new ZeroShotQuantization(options).Run(QuantizationSource.Read("model.onnx"));
/// File.WriteAllBytes("small.onnx", result.Onnx.Span);
/// </code></example>
public sealed class ZeroShotQuantization
{
    /// <summary>
    /// The name of the stage that fine-tunes on synthetic samples alone, for comparison, where images are given as well.
    /// </summary>
    public const string ZeroShotStage = "zero-shot fine-tuning";

    private const int CheckCount = 4;

    private readonly QuantizationOptions _options;

    /// <summary>Prepares quantisations with the same options.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The options contradict each other. The message lists all contradictions.</exception>
    public ZeroShotQuantization(QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Violations is { IsEmpty: false } broken)
        {
            throw new ArgumentException(string.Join("; ", broken), nameof(options));
        }

        _options = options;
    }

    /// <summary>Checks that a network can be quantised: rounds it, exports it and runs it in ONNX Runtime on four random samples.</summary>
    /// <remarks>Call it before <see cref="Run"/>, so that an unsuitable network is refused before a long synthesis.</remarks>
    /// <param name="source">The float network.</param>
    /// <exception cref="UnsuitableModelException">The network cannot be quantised this way.</exception>
    public void Check(QuantizationSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        QuantizationSource.CheckStructure(source.Model, source.Task, _options.Bits);
        var noise = NoiseImages.Of(CheckCount, SampleShape.Of(source.Model), _options.FineTuning.Seed);
        var student = new FakeQuantizationInsertion(_options.Bits).Apply(source.Model);
        var rounded = new ActivationObserver(source.Model, student, noise, CPU, CancellationToken.None).Apply(RangeEstimator.MinMax);
        rounded = new BiasRounding(_options.Storage).Apply(rounded);
        new QuantizationEvaluator(source, _options.Bits.Range, CPU).CheckExport(rounded, Export(rounded, source.Layout), noise);
    }

    /// <summary>Quantises a network.</summary>
    /// <param name="source">The float network.</param>
    /// <param name="samples">Samples synthesised before; null to synthesise them if the options say so.</param>
    /// <param name="images">Images or clips of the kind that the network is used on; null for none.</param>
    /// <param name="device">The device of synthesis, fine-tuning and simulation; null for the CPU.</param>
    /// <param name="run">Stores the state, so that the work can be interrupted and resumed; null stores it in memory.</param>
    /// <param name="progress">Receives the losses of every step of every stage.</param>
    /// <param name="cancellation">Stops after the current step; the state is stored.</param>
    /// <returns>The quantised file and its comparison with the float network.</returns>
    /// <exception cref="UnsuitableModelException">The network cannot be quantised this way.</exception>
    /// <exception cref="InvalidDatasetException">The samples are of another network, or the images of another size.</exception>
    /// <exception cref="TrainingFailedException">The synthesis or the fine-tuning diverged.</exception>
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
        if (samples is null && _options.Synthesis is not null)
        {
            samples = Synthesize(source, device, run, progress, cancellation);
        }

        var pools = SamplePool.Of(source, samples, images, _options);
        var bits = _options.MaxBytes is { } most ? Search(source, pools, most, device, run, progress, cancellation) : _options.Bits;
        var (teacher, rounded, trained) = Quantize(pools, HastFineTuning.Stage);
        var zeroShot = pools.Length < 2 ? null : Quantize(pools[..1], ZeroShotStage).Trained;
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
            Layers = QuantizationEvaluator.Layers(trained),
            Activations = evaluator.Noise(teacher, trained, pools[^1].HeldOut),
            Samples = samples,
            Confidences = samples is null ? [] : evaluator.Confidences(samples),
            Kernels = KernelReport.Of(onnx),
        };

        // The last pool is the nearest to what the network will see.
        (Model Teacher, Model Rounded, Model Trained) Quantize(ImmutableArray<SamplePool> on, string stage)
        {
            // Fine-tuning adapts to channels of different sizes itself.
            var insertion = new FakeQuantizationInsertion(bits);
            var trains = (_options.AlwaysFineTunes || NeedsTraining(insertion.Apply(source.Model))) && pools[0].Name != SamplePool.Noise;
            var kept = on[^1].Kept;
            var balanced = trains
                ? source.Model
                : CrossLayerEqualization.Apply(source.Model, Channels(source.Model, CrossLayerEqualization.Values(source.Model)), bits);
            var observation = new ActivationObserver(balanced, insertion.Apply(balanced), kept, device, cancellation);
            var observed = observation.Apply(_options.Ranges);
            var result = trains
                ? new HastFineTuning(_options.FineTuning, balanced, observed, source.Task, stage).Run(
                    [.. on.Select(pool => pool.Kept)],
                    device,
                    run,
                    progress,
                    cancellation
                )
                : BiasCorrection.Apply(balanced, observed, Channels(balanced, BiasCorrection.Values(balanced, observed)));
            return (balanced, observation.Apply(RangeEstimator.MinMax), result);

            IReadOnlyDictionary<string, ImmutableArray<ChannelStatistics>> Channels(Model model, ImmutableArray<string> values) =>
                ChannelObserver.Observe(model, values, kept, device, cancellation);
        }
    }

    /// <summary>Synthesises samples: the first stage alone.</summary>
    /// <returns>The samples, which <see cref="Run"/> takes.</returns>
    /// <exception cref="InvalidOperationException"><see cref="QuantizationOptions.Synthesis"/> is null.</exception>
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

    /// <summary>Returns whether rounding is not enough: some quantiser has fewer than 7 bits.</summary>
    /// <param name="student">The network with FakeQuantize nodes.</param>
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
