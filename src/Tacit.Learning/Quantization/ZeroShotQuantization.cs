using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
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

    /// <summary>The least signal-to-noise ratio of ONNX Runtime to the simulation, in decibels.</summary>
    /// <remarks>
    /// Where a value lies between two integers, the two may round it apart, and in few bits such steps are coarse and go on through the
    /// layers: most networks are above 100 dB, random MobileNets of 2 or 3 bits as low as 7. What has nothing to do with the simulation is
    /// at 0 dB or below. A mean that all outputs share can hide that, so below <see cref="SureDecibels"/> most samples must be alike, too.
    /// </remarks>
    public const double LeastDecibels = 3;

    /// <summary>The signal-to-noise ratio from which on the likeness of samples is no question, in decibels.</summary>
    public const double SureDecibels = 20;

    private const double LeastLikeness = 0.5;
    private const int TellingCount = 16; // of fewer samples a few ties decide

    private const int NoiseCount = 64;
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
        CheckRuntime(Simulate(rounded, noise, CPU), Execute(Export(rounded, source.Layout), noise, source.Layout), CheckCount, source);
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

        var pools = Pools(source, samples, images);
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
        using var gradients = no_grad();
        return new QuantizationResult
        {
            Onnx = onnx,
            Task = source.Task,
            BytesBefore = source.Original.Bytes,
            Evaluations =
            [
                .. pools.Select(pool =>
                    Judge(
                        pool,
                        source,
                        trained,
                        onnx,
                        Export(rounded, source.Layout),
                        zeroShot is null ? null : Export(zeroShot, source.Layout),
                        device
                    )
                ),
            ],
            Layers = Layers(student),
            Activations = Noise(teacher, trained, pools[^1].HeldOut, device),
            Samples = samples,
            Confidences = samples is null || source.Task == NetworkTask.Encoder ? [] : Confidences(teacher, samples, device),
            Kernels = KernelReport.Of(onnx),
        };

        Model FineTune(Model observed, ImmutableArray<Pool> on, string stage) =>
            NeedsTraining(observed) && pools[0].Name != Pool.Noise
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
        ImmutableArray<Pool> pools,
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

    // The sets of samples to learn from, synthetic ones first.
    private ImmutableArray<Pool> Pools(QuantizationSource source, SyntheticSet? samples, CalibrationData? images)
    {
        var (sample, _) = VectorNetwork.Sizes(source.Model);
        var pools = ImmutableArray.CreateBuilder<Pool>();
        if (samples is not null)
        {
            pools.Add(Pool.Of("synthetic samples", Checked(samples, source).Images, _options.HeldOut));
        }

        if (images is not null)
        {
            var kind = source.Contract.Samples;
            pools.Add(
                images.Images.Sizes.Skip(1).SequenceEqual(sample)
                    ? Pool.Of(kind, images.Images, _options.HeldOut)
                    : throw new InvalidDatasetException(
                        $"the {kind} of {images.Source} are prepared as {images.Images.Shape}, but the network takes {Shape.Of(sample)}; prepare them at that size ({nameof(Preprocessing)}.{nameof(Preprocessing.Width)})"
                    )
            );
        }

        if (pools.Count == 0)
        {
            pools.Add(
                _options.AllowRounding
                    ? Pool.Of(Pool.Noise, NoiseImages.Of(NoiseCount, sample, _options.FineTuning.Seed), _options.HeldOut)
                    : throw new UnsuitableModelException(
                        $"there is nothing to quantise the network by: no batch norms to synthesise samples from, and no images; give {nameof(CalibrationData)}, or take what plain rounding gives with {nameof(QuantizationOptions)}.{nameof(QuantizationOptions.AllowRounding)}"
                    )
            );
        }

        return pools.ToImmutable();
    }

    private static SyntheticSet Checked(SyntheticSet samples, QuantizationSource source)
    {
        var (sample, _) = VectorNetwork.Sizes(source.Model);
        if (samples.Task != source.Task)
        {
            throw new InvalidDatasetException(
                $"the samples were synthesised as of {Article(samples.Task)}, the network is taken for {Article(source.Task)}; give the same {nameof(QuantizationSource)}.{nameof(QuantizationSource.Task)} to both"
            );
        }

        return samples.ModelHash == source.Hash && samples.Images.Sizes.Skip(1).SequenceEqual(sample)
            ? samples
            : throw new InvalidDatasetException(
                $"the samples ({samples.Images.Shape}) were synthesised from another network than this one ({Shape.Of(sample)}); synthesise them again"
            );
    }

    private static string Article(NetworkTask task) => task == NetworkTask.Encoder ? "an encoder" : "a classifier";

    private byte[] Export(Model model, ImageLayout layout)
    {
        var integers = new QdqExport(_options.Storage).Apply(model);
        return OnnxWriter.ToBytes(layout == ImageLayout.ChannelsLast ? ChannelsLastInput.With(integers) : integers);
    }

    private QuantizationEvaluation Judge(
        Pool pool,
        QuantizationSource source,
        Model trained,
        byte[] onnx,
        byte[] rounded,
        byte[]? zeroShot,
        Device device
    )
    {
        var count = (int)pool.HeldOut.Sizes[0];
        var likeness = LikenessOf(source.Task);
        using var original = source.Original.Open();
        var floats = NetworkOutputs.InRuntime(original, EvaluationBatches.Of(pool.HeldOut), source.Layout);
        var actual = Execute(onnx, pool.HeldOut, source.Layout);
        var simulated = Simulate(trained, pool.HeldOut, device);
        CheckRuntime(simulated, actual, count, source);
        return new QuantizationEvaluation(
            pool.Name,
            count,
            likeness(floats, actual, count),
            likeness(floats, Execute(rounded, pool.HeldOut, source.Layout), count),
            zeroShot is null ? null : likeness(floats, Execute(zeroShot, pool.HeldOut, source.Layout), count),
            likeness(simulated, actual, count)
        )
        {
            Decibels = SignalToNoise.Decibels(floats, actual),
            SimulationDecibels = SignalToNoise.Decibels(simulated, actual),
        };
    }

    private static Likeness LikenessOf(NetworkTask task) => task == NetworkTask.Encoder ? Scores.CosineSimilarity : Scores.Agreement;

    // What is not finite has no ratio.
    private void CheckRuntime(float[] simulated, float[] actual, int count, QuantizationSource source)
    {
        if (_options.Bits.Range == WeightRange.Full && IntegerInstructions.Saturate)
        {
            // Such a file is made for other processors than this one.
            return;
        }

        var decibels = SignalToNoise.Decibels(simulated, actual);
        var isUnlike =
            decibels < SureDecibels && count >= TellingCount && LikenessOf(source.Task)(simulated, actual, count) < LeastLikeness;
        if (isUnlike || !(decibels >= LeastDecibels))
        {
            throw new UnsuitableModelException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source.Original.Name} is not quantised: {(actual.All(float.IsFinite) ? $"ONNX Runtime computes something else from the quantised file than the simulation, a signal of {decibels:0.0} dB over the difference" : "the quantised file gives numbers that are not finite")}; please report it"
                )
            )
            {
                Path = source.Original.Name,
            };
        }
    }

    private static ImmutableArray<LayerWidth> Layers(Model student) =>
        [
            .. FakeQuantizationInsertion
                .Layers(student.Graph)
                .Select(layer => (layer.Name, Quantizer: student.Graph.Producer(layer.Inputs[1])!))
                .Select(layer => new LayerWidth(
                    layer.Name,
                    student.Weights[layer.Quantizer.Inputs[0]].Count,
                    Quantizer.Of(layer.Quantizer)!.Bits
                )),
        ];

    private static float[] Execute(byte[] onnx, TensorData images, ImageLayout layout)
    {
        using var session = OnnxSession.Open(onnx);
        return NetworkOutputs.InRuntime(session, EvaluationBatches.Of(images), layout);
    }

    private static float[] Simulate(Model model, TensorData images, Device device) =>
        NetworkOutputs.InTorch(model, model.Graph.Outputs[0].Name, EvaluationBatches.Of(images), device);

    private static ImmutableArray<float> Confidences(Model teacher, SyntheticSet samples, Device device)
    {
        using var scope = NewDisposeScope();
        var values = NetworkOutputs.InTorch(teacher, VectorNetwork.Logits(teacher.Graph), EvaluationBatches.Of(samples.Images), device);
        var logits = tensor(values).reshape(samples.Count, -1); // (N, classes)
        var labels = tensor(samples.Labels.Select(label => (long)label).ToArray()).unsqueeze(1); // (N, 1)
        return [.. logits.softmax(1).gather(1, labels).data<float>().ToArray()];
    }

    private static ImmutableArray<ActivationNoise> Noise(Model teacher, Model student, TensorData images, Device device)
    {
        var quantizers = FakeQuantizationInsertion.OfActivations(student.Graph);
        var (floats, simulation) = (new GraphModule(teacher), new GraphModule(student));
        using var floatWeights = TorchWeights.From(teacher, device, trainable: false);
        using var studentWeights = TorchWeights.From(student, device, trainable: false);
        var signal = new double[quantizers.Length];
        var noise = new double[quantizers.Length];
        foreach (var part in EvaluationBatches.Of(images))
        {
            using var scope = NewDisposeScope();
            var batch = part.ToTensor(device);
            var expected = floats.Run(floatWeights, batch, taps: [.. quantizers.Select(pair => pair.Node.Inputs[0])]);
            var actual = simulation.Run(studentWeights, batch, taps: [.. quantizers.Select(pair => pair.Node.Output)]);
            for (var i = 0; i < quantizers.Length; i++)
            {
                var value = expected[quantizers[i].Node.Inputs[0]];
                signal[i] += value.square().sum().ToDouble();
                noise[i] += (value - actual[quantizers[i].Node.Output]).square().sum().ToDouble();
            }
        }

        return
        [
            .. quantizers.Select(
                (pair, i) => new ActivationNoise(pair.Node.Inputs[0], pair.Quantizer.Bits, SignalToNoise.Decibels(signal[i], noise[i]))
            ),
        ];
    }

    private delegate double Likeness(ReadOnlySpan<float> one, ReadOnlySpan<float> other, int count);

    /// <summary>Samples of one kind: some to learn from, some held out to judge by.</summary>
    private sealed record Pool(string Name, TensorData Kept, TensorData HeldOut)
    {
        public const string Noise = "noise";

        public static Pool Of(string name, TensorData samples, double share)
        {
            var count = (int)samples.Sizes[0];
            var heldOut = Math.Max(1, (int)(count * share));
            return count - heldOut >= 1
                ? new Pool(name, samples.Rows(0, count - heldOut), samples.Rows(count - heldOut, heldOut))
                : throw new InvalidDatasetException($"{count} {name} are too few: one part trains, another judges; use at least 2");
        }
    }
}
