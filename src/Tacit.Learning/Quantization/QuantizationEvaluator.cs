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

/// <summary>Compares a quantised network with the float one, for the report.</summary>
/// <param name="source">The float network.</param>
/// <param name="range">The range of integer weights.</param>
/// <param name="device">The device of the simulation; ONNX Runtime computes on the CPU.</param>
internal sealed class QuantizationEvaluator(QuantizationSource source, WeightRange range, Device device)
{
    /// <summary>Returns how alike two networks are, at most 1.</summary>
    /// <param name="task">The meaning of their outputs.</param>
    /// <param name="comparison">The comparison of their outputs.</param>
    /// <returns>
    /// The share of samples of equal class, the mean cosine similarity of the features, or the mean cosine similarity of all outputs.
    /// </returns>
    public static double Likeness(NetworkTask task, OutputComparison comparison)
    {
        var outputs = comparison.Differences;
        return task switch
        {
            // The indices of the best classes say more than their scores.
            NetworkTask.Classes => outputs.LastOrDefault(output => output.Agreement is not null)?.Agreement
                ?? outputs.Average(output => output.Cosine),
            NetworkTask.Features => outputs[0].Cosine,
            _ => outputs.Average(output => output.Cosine),
        };
    }

    /// <summary>Returns the bits of the weights of each quantised layer, in the order of computation.</summary>
    /// <param name="student">The network with FakeQuantize nodes.</param>
    public static ImmutableArray<LayerWidth> Layers(Model student) =>
        [
            .. FakeQuantizationInsertion
                .Layers(student.Graph)
                .Select(layer => (layer.Name, Quantizer: student.Graph.Producer(layer.Inputs[1])))
                .Where(layer => layer.Quantizer is not null)
                .Select(layer => new LayerWidth(
                    layer.Name,
                    student.Weights[layer.Quantizer!.Inputs[0]].Count,
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
        using var original = source.Original.Open();
        using var exported = OnnxSession.Open(onnx);
        using var rounding = OnnxSession.Open(rounded);
        using var alone = zeroShot is null ? null : OnnxSession.Open(zeroShot);
        using var weights = TorchWeights.From(trained, device, trainable: false);
        var module = new GraphModule(trained);
        var (ofExported, ofRounding, ofAlone, ofSimulation) = (Comparison(), Comparison(), Comparison(), Comparison());
        foreach (var batch in EvaluationBatches.Of(pool.HeldOut))
        {
            var samples = (int)batch.Sizes[0];
            var expected = NetworkOutputs.InRuntime(original, batch, source.Layout);
            var actual = NetworkOutputs.InRuntime(exported, batch, source.Layout);
            ofExported.Add(expected, actual, samples);
            ofRounding.Add(expected, NetworkOutputs.InRuntime(rounding, batch, source.Layout), samples);
            ofSimulation.Add(NetworkOutputs.InTorch(module, weights, batch), actual, samples);
            if (alone is not null)
            {
                ofAlone.Add(expected, NetworkOutputs.InRuntime(alone, batch, source.Layout), samples);
            }
        }

        var count = (int)pool.HeldOut.Sizes[0];
        new RuntimeCheck(source, range).Check(ofSimulation, count);
        return new QuantizationEvaluation(
            pool.Name,
            count,
            Likeness(source.Task, ofExported),
            Likeness(source.Task, ofRounding),
            alone is null ? null : Likeness(source.Task, ofAlone),
            Likeness(source.Task, ofSimulation)
        )
        {
            Outputs = ofExported.Differences,
            SimulationDecibels = ofSimulation.LowestDecibels,
        };

        OutputComparison Comparison() => new(source.Model.Graph.Outputs.Select(output => output.Name));
    }

    /// <summary>Compares a file with its simulation on a few samples.</summary>
    /// <param name="simulation">The network with FakeQuantize nodes.</param>
    /// <param name="onnx">The file that was exported from it.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <exception cref="UnsuitableModelException">ONNX Runtime computes something else than the simulation.</exception>
    public void CheckExport(Model simulation, byte[] onnx, TensorData samples)
    {
        using var session = OnnxSession.Open(onnx);
        using var weights = TorchWeights.From(simulation, device, trainable: false);
        var comparison = new OutputComparison(simulation.Graph.Outputs.Select(output => output.Name));
        comparison.Add(
            NetworkOutputs.InTorch(new GraphModule(simulation), weights, samples),
            NetworkOutputs.InRuntime(session, samples, source.Layout),
            (int)samples.Sizes[0]
        );
        new RuntimeCheck(source, range).Check(comparison, (int)samples.Sizes[0]);
    }

    /// <summary>Returns the float network's probability of the class of each synthetic sample; none if its outputs are not classes.</summary>
    /// <param name="samples">The samples.</param>
    public ImmutableArray<float> Confidences(SyntheticSet samples)
    {
        if (source.Task != NetworkTask.Classes)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var (module, weights) = (new GraphModule(source.Model), TorchWeights.From(source.Model, device, trainable: false));
        using (weights)
        {
            var logits = ComparedValues.Evaluate(module, weights, ComparedValues.Of(source.Model, source.Task)[0], samples.Images).cpu(); // (N, classes)
            var labels = tensor(samples.Labels.Select(label => (long)label).ToArray()).unsqueeze(1); // (N, 1)
            return [.. logits.softmax(1).gather(1, labels).data<float>().ToArray()];
        }
    }

    /// <summary>Measures the noise that quantisation adds to each activation.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <returns>The activations in the order of computation.</returns>
    public ImmutableArray<ActivationNoise> Noise(Model teacher, Model student, TensorData samples)
    {
        var quantizers = FakeQuantizationInsertion.OfActivations(student.Graph);
        var (floats, simulation) = (new GraphModule(teacher), new GraphModule(student));
        using var gradients = no_grad();
        using var floatWeights = TorchWeights.From(teacher, device, trainable: false);
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
