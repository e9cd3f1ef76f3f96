using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Rewriting;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>What a quantisation starts from.</summary>
/// <param name="Model">The float network, with its batch norms.</param>
/// <param name="Hash">The SHA-256 of its file, in lower-case hexadecimal digits.</param>
/// <param name="Bytes">The size of its file.</param>
public sealed record QuantizationSource(Model Model, string Hash, long Bytes)
{
    /// <summary>Reads a network and brings its structure to constants.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="inputs">Sizes of inputs, where the file leaves them open; the batch stays open whatever they say.</param>
    /// <exception cref="ContentException">The file is damaged, or the network is not supported.</exception>
    public static QuantizationSource Read(string path, IReadOnlyDictionary<string, Shape>? inputs = null)
    {
        var bytes = File.ReadAllBytes(path);
        var model = ConstantFolding.Apply(new BatchOpening(inputs).Apply(OnnxReader.Read(path)));
        return new QuantizationSource(model, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
    }
}

/// <summary>Shrinks a trained network without its data: HAST (CVPR 2023) from a float network to an integer ONNX file.</summary>
/// <remarks>
/// Synthesise hard samples; insert quantisers and observe their ranges; fine-tune on clean and promoted samples; export;
/// verify the export in ONNX Runtime. At 8 bits rounding is enough, and nothing is fine-tuned.
/// </remarks>
/// <example><code>
/// var options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths { Weights = 4, Activations = 4 }, seed: 0);
/// var result = new ZeroShotQuantization(options).Run(QuantizationSource.Read("model.onnx"));
/// File.WriteAllBytes("small.onnx", result.Onnx.Span);
/// </code></example>
public sealed class ZeroShotQuantization(QuantizationOptions options)
{
    /// <summary>Quantises a network.</summary>
    /// <param name="source">The float network.</param>
    /// <param name="samples">Samples synthesised before; null synthesises them.</param>
    /// <param name="device">Where to compute; null is the CPU.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted and taken up again; null keeps it in memory.</param>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    /// <exception cref="UnsuitableModelException">The network cannot be quantised this way.</exception>
    /// <exception cref="InvalidDatasetException">The samples are of another network.</exception>
    /// <exception cref="TrainingFailedException">The fine-tuning diverged.</exception>
    public QuantizationResult Run(
        QuantizationSource source,
        SyntheticSet? samples = null,
        Device? device = null,
        ICheckpoints? run = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        device ??= CPU;
        run ??= new MemoryCheckpoints();
        var teacher = source.Model;
        samples = samples is null ? Synthesize(source, device, run, progress, cancellation) : Checked(samples, source);
        var (kept, heldOut) = Split(samples);
        var student = new FakeQuantizationInsertion(options.Bits).Apply(teacher);

        var observation = new RangeObservation(teacher, student, kept, device, cancellation);
        var rounded = observation.Apply(RangeEstimator.MinMax);
        var observed = observation.Apply(options.Ranges);
        var trained = options.Bits is { Weights: 8, Activations: 8 }
            ? observed
            : new HastFineTuning(options.FineTuning, teacher, observed).Run(kept, device, run, progress, cancellation);

        trained = new BiasRounding(options.Storage).Apply(trained);
        var onnx = Export(trained);
        using var gradients = no_grad();
        var floats = Simulate(teacher, heldOut, device);
        var simulated = Simulate(trained, heldOut, device);
        var actual = Execute(onnx, heldOut);
        return new QuantizationResult
        {
            Onnx = onnx,
            BytesBefore = source.Bytes,
            Agreement = Scores.Agreement(floats, actual, HeldOutCount(samples)),
            AgreementRounding = Scores.Agreement(floats, Execute(Export(rounded), heldOut), HeldOutCount(samples)),
            SimulationVersusRuntime = Scores.Agreement(simulated, actual, HeldOutCount(samples)),
            HeldOut = HeldOutCount(samples),
            Activations = Noise(teacher, trained, heldOut, device),
            Samples = samples,
            Confidences = Confidences(teacher, samples, device),
            Kernels = [.. KernelReport.Of(onnx).Counts],
        };
    }

    /// <summary>The first stage alone.</summary>
    /// <inheritdoc cref="Run"/>
    public SyntheticSet Synthesize(
        QuantizationSource source, Device device, ICheckpoints run, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var (images, labels) = new HardSampleSynthesis(options.Synthesis, source.Model).Run(device, run, progress, cancellation);
        return new SyntheticSet(images, labels, source.Hash, options.Synthesis.Seed);
    }

    private static SyntheticSet Checked(SyntheticSet samples, QuantizationSource source)
    {
        var (sample, _) = Classifier.Sizes(source.Model);
        return samples.ModelHash == source.Hash && samples.Images.Sizes.Skip(1).SequenceEqual(sample)
            ? samples
            : throw new InvalidDatasetException(
                $"the samples ({samples.Images.Shape}) were synthesised from another network than this one ({Shape.Of(sample)}); synthesise them again");
    }

    private int HeldOutCount(SyntheticSet samples) => Math.Max(1, (int)(samples.Count * options.HeldOut));

    private (TensorData Kept, TensorData HeldOut) Split(SyntheticSet samples)
    {
        var heldOut = HeldOutCount(samples);
        var kept = samples.Count - heldOut;
        if (kept < 1)
        {
            throw new InvalidDatasetException($"{samples.Count} samples are too few: one part trains, another judges; use at least 2");
        }

        var elements = samples.Images.As<float>();
        var sizes = samples.Images.Sizes;
        return (
            TensorData.Of(elements[..(kept * samples.SampleSize)], [kept, .. sizes[1..]]),
            TensorData.Of(elements[(kept * samples.SampleSize)..], [heldOut, .. sizes[1..]]));
    }

    private byte[] Export(Model model) => OnnxWriter.ToBytes(
        new IntegerExport(options.Storage).Apply(model),
        new OnnxWriterOptions { Opset = options.Storage == WeightStorage.Int4 ? 21 : 17 });

    private static float[] Execute(byte[] onnx, TensorData images)
    {
        using var session = OnnxSession.Open(onnx);
        return [.. EvaluationBatches.Of(images).SelectMany(batch => session.Run(batch.As<float>().ToArray(), [.. batch.Sizes]))];
    }

    // The logits of a network in TorchSharp.
    private static float[] Simulate(Model model, TensorData images, Device device)
    {
        var module = new GraphModule(model);
        var logits = Classifier.Logits(model.Graph);
        using var weights = TorchWeights.From(model, device, trainable: false);
        return [.. EvaluationBatches.Of(images).SelectMany(batch =>
        {
            using var input = batch.ToTensor(device);
            using var activations = module.Run(weights, input, taps: [logits]);
            return activations[logits].ToData().As<float>().ToArray();
        })];
    }

    private static ImmutableArray<float> Confidences(Model teacher, SyntheticSet samples, Device device)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Simulate(teacher, samples.Images, device)).reshape(samples.Count, -1); // (N, classes)
        var labels = tensor(samples.Labels.Select(label => (long)label).ToArray()).unsqueeze(1); // (N, 1)
        return [.. logits.softmax(1).gather(1, labels).data<float>().ToArray()];
    }

    private static ImmutableArray<ActivationNoise> Noise(Model teacher, Model student, TensorData images, Device device)
    {
        var quantizers = student.Graph.Nodes.Where(node => node.Operator == "FakeQuantize" && node.Inputs.Length == 3).ToList();
        var (floats, simulation) = (new GraphModule(teacher), new GraphModule(student));
        using var floatWeights = TorchWeights.From(teacher, device, trainable: false);
        using var studentWeights = TorchWeights.From(student, device, trainable: false);
        var signal = new double[quantizers.Count];
        var noise = new double[quantizers.Count];
        foreach (var part in EvaluationBatches.Of(images))
        {
            using var scope = NewDisposeScope();
            var batch = part.ToTensor(device);
            var expected = floats.Run(floatWeights, batch, taps: [.. quantizers.Select(node => node.Inputs[0])]);
            var actual = simulation.Run(studentWeights, batch, taps: [.. quantizers.Select(node => node.Output)]);
            for (var i = 0; i < quantizers.Count; i++)
            {
                var value = expected[quantizers[i].Inputs[0]];
                signal[i] += value.square().sum().ToDouble();
                noise[i] += (value - actual[quantizers[i].Output]).square().sum().ToDouble();
            }
        }

        return
        [
            .. quantizers.Select((node, i) => new ActivationNoise(
                node.Inputs[0], (int)node.Attributes.Int("bits"), 10 * Math.Log10(signal[i] / Math.Max(noise[i], 1e-30)))),
        ];
    }
}
