using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Measures how alike two networks are on samples.</summary>
/// <param name="one">The outputs of one network, one sample after the other.</param>
/// <param name="other">The outputs of the other network for the same samples.</param>
/// <param name="count">The number of samples.</param>
/// <returns>The likeness, at most 1.</returns>
internal delegate double Likeness(ReadOnlySpan<float> one, ReadOnlySpan<float> other, int count);

/// <summary>Compares a quantised network with the float one, for the report.</summary>
/// <param name="source">The float network.</param>
/// <param name="range">The range of integer weights.</param>
/// <param name="device">The device of the simulation; ONNX Runtime computes on the CPU.</param>
internal sealed class QuantizationEvaluator(QuantizationSource source, WeightRange range, Device device)
{
    /// <summary>Returns the likeness of a task: the share of equal classes, or the mean cosine similarity of features.</summary>
    /// <param name="task">What the output of the networks means.</param>
    public static Likeness LikenessOf(NetworkTask task) => task == NetworkTask.Encoder ? Scores.CosineSimilarity : Scores.Agreement;

    /// <summary>Returns the bits of the weights of each layer, in the order of computation.</summary>
    /// <param name="student">The network with FakeQuantize nodes.</param>
    public static ImmutableArray<LayerWidth> Layers(Model student) =>
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

    /// <summary>Compares networks on the held-out samples of a pool. ONNX Runtime runs every file.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="trained">The simulation of the exported network.</param>
    /// <param name="onnx">The exported file.</param>
    /// <param name="rounded">The file that plain rounding gives.</param>
    /// <param name="zeroShot">The file quantised on synthetic samples alone; null where that is the exported one or there is none.</param>
    /// <exception cref="UnsuitableModelException">ONNX Runtime computes something else than the simulation.</exception>
    public QuantizationEvaluation Evaluate(SamplePool pool, Model trained, byte[] onnx, byte[] rounded, byte[]? zeroShot)
    {
        var count = (int)pool.HeldOut.Sizes[0];
        var likeness = LikenessOf(source.Task);
        using var original = source.Original.Open();
        var floats = NetworkOutputs.InRuntime(original, EvaluationBatches.Of(pool.HeldOut), source.Layout);
        var actual = NetworkOutputs.InRuntime(onnx, pool.HeldOut, source.Layout);
        var simulated = NetworkOutputs.InTorch(trained, pool.HeldOut, device);
        new RuntimeCheck(source, range).Check(simulated, actual, count);
        return new QuantizationEvaluation(
            pool.Name,
            count,
            likeness(floats, actual, count),
            likeness(floats, NetworkOutputs.InRuntime(rounded, pool.HeldOut, source.Layout), count),
            zeroShot is null ? null : likeness(floats, NetworkOutputs.InRuntime(zeroShot, pool.HeldOut, source.Layout), count),
            likeness(simulated, actual, count)
        )
        {
            Decibels = SignalToNoise.Decibels(floats, actual),
            SimulationDecibels = SignalToNoise.Decibels(simulated, actual),
        };
    }

    /// <summary>Returns the float network's probability of the class of each synthetic sample; none for an encoder.</summary>
    /// <param name="samples">The samples.</param>
    public ImmutableArray<float> Confidences(SyntheticSet samples)
    {
        if (source.Task == NetworkTask.Encoder)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var (module, weights) = (new GraphModule(source.Model), TorchWeights.From(source.Model, device, trainable: false));
        using (weights)
        {
            var logits = VectorNetwork.Evaluate(module, weights, samples.Images).cpu(); // (N, classes)
            var labels = tensor(samples.Labels.Select(label => (long)label).ToArray()).unsqueeze(1); // (N, 1)
            return [.. logits.softmax(1).gather(1, labels).data<float>().ToArray()];
        }
    }

    /// <summary>Measures the noise that quantisation adds to each activation.</summary>
    /// <param name="student">The network with FakeQuantize nodes.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <returns>The activations in the order of computation.</returns>
    public ImmutableArray<ActivationNoise> Noise(Model student, TensorData samples)
    {
        var quantizers = FakeQuantizationInsertion.OfActivations(student.Graph);
        var (floats, simulation) = (new GraphModule(source.Model), new GraphModule(student));
        using var gradients = no_grad();
        using var floatWeights = TorchWeights.From(source.Model, device, trainable: false);
        using var studentWeights = TorchWeights.From(student, device, trainable: false);
        var signal = new double[quantizers.Length];
        var noise = new double[quantizers.Length];
        foreach (var part in EvaluationBatches.Of(samples))
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
}
