using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;

namespace Tacit.Graphs.Tests.Passes.Quantization;

/// <summary>The integers of an exported network, each with the number from which it was rounded.</summary>
/// <param name="Value">The activation.</param>
/// <param name="Integers">The integers from the kernels of ONNX Runtime.</param>
/// <param name="Exact">
/// The results of the float layers between for the integers of the previous layers, in steps from the lowest integer, clamped to the
/// available integers.
/// </param>
internal sealed record ExportedLayer(string Value, byte[] Integers, double[] Exact)
{
    /// <summary>The largest distance of a number from its integer, in steps; at most half a step if every integer is the nearest.</summary>
    public double Furthest => Integers.Zip(Exact, (integer, exact) => Math.Abs(integer - exact)).Max();
}

/// <summary>
/// Compares an exported network with its simulation layer by layer, so that rounding in one layer does not affect others.
/// </summary>
/// <remarks>
/// The simulated network is cut at its quantisers. Each part runs in 32 bits, with weights that are rounded here to the grid of
/// the documentation, on the integers of the exported network.
/// </remarks>
/// <param name="Layers">Every quantised activation.</param>
/// <param name="Outputs">The outputs of the exported network.</param>
/// <param name="ExpectedOutputs">The outputs of the last part for the integers before it.</param>
internal sealed record ExportedLayers(ImmutableArray<ExportedLayer> Layers, float[] Outputs, float[] ExpectedOutputs)
{
    private const int Batch = 4;
    private const int SymmetricFrom = 7;

    /// <summary>Runs both.</summary>
    /// <param name="student">The network with quantisers and their ranges from which <paramref name="exported"/> was created.</param>
    /// <param name="exported">The exported network.</param>
    /// <param name="bits">The bits of each activation.</param>
    /// <param name="weightBits">The bits of all weights.</param>
    /// <param name="images">(4, 3, 12, 12).</param>
    public static ExportedLayers Of(Model student, Model exported, IReadOnlyDictionary<string, int> bits, int weightBits, float[] images)
    {
        var types = ShapeInference.Infer(student);
        var quantizers = bits.ToDictionary(activation => activation.Key, activation => Quantizer(exported, activation.Key));
        var tapped = Run(
            With(exported, quantizers.Select(pair => new Value(pair.Value.Integers, new(ElementType.UInt8, types[pair.Key].Shape)))),
            new() { ["x"] = (images, [Batch, 3, 12, 12]) }
        );
        var layers = ImmutableArray.CreateBuilder<ExportedLayer>();
        var inputs = new Dictionary<string, (float[], long[])>(StringComparer.Ordinal);
        foreach (var (value, quantizer) in quantizers)
        {
            var (integers, sizes) = tapped.Integers[quantizer.Integers];
            inputs[Rounded(student, value)] = ([.. integers.Select(q => (q - quantizer.ZeroPoint) * quantizer.Scale)], sizes);
        }

        var cut = Run(Cut(student, bits.Keys, weightBits, types), inputs);
        foreach (var (value, quantizer) in quantizers)
        {
            // Every range includes 0.
            var low = Math.Min((double)student.Weights[FakeQuantizationInsertion.LowOf(value)].As<float>()[0], 0);
            var high = Math.Max((double)student.Weights[FakeQuantizationInsertion.HighOf(value)].As<float>()[0], 0);
            var levels = Math.Pow(2, bits[value]) - 1;
            var step = (high - low) / levels;
            var lowest = Math.Round(low / step);
            Assert.Equal(-lowest, (double)quantizer.ZeroPoint);
            Assert.InRange(quantizer.Scale / step, 1 - 1e-6, 1 + 1e-6);
            var before = value == "x" ? images : cut.Floats[value];
            layers.Add(
                new(
                    value,
                    tapped.Integers[quantizer.Integers].Elements,
                    [.. before.Select(number => Math.Clamp(number / step - lowest, 0, levels))]
                )
            );
        }

        var output = student.Graph.Outputs[0].Name;
        return new(layers.ToImmutable(), tapped.Floats[output], cut.Floats[output]);
    }

    // The float network between quantisers. Results of quantisers become inputs, and their operands become outputs.
    private static Model Cut(Model student, IEnumerable<string> activations, int weightBits, IReadOnlyDictionary<string, TensorType> types)
    {
        var graph = student.Graph;
        var cut = activations.Select(value => (Value: value, Rounded: Rounded(student, value))).ToList();
        var weights = graph.Nodes.Where(node => node.Operator == "FakeQuantize" && cut.All(pair => pair.Rounded != node.Output)).ToList();
        var rounded = new Graph(
            graph.Name,
            cut.Select(pair => new Value(pair.Rounded, types[pair.Rounded])),
            graph.Initializers.Values.Concat(
                weights.Select(node => new Initializer(node.Output, types[node.Output], WeightRole.Parameter))
            ),
            graph.Nodes.Where(node => node.Operator != "FakeQuantize"),
            [.. graph.Outputs, .. cut.Where(pair => pair.Value != "x").Select(pair => new Value(pair.Value, types[pair.Value]))]
        );
        return new Model(
            rounded,
            student.Weights.With(
                weights.Select(node => KeyValuePair.Create(node.Output, RoundedRows(student.Weights[node.Inputs[0]], weightBits)))
            )
        );
    }

    private static string Rounded(Model student, string value) =>
        student.Graph.Consumers(value).Single(node => node.Operator == "FakeQuantize").Output;

    // The range of each output channel, a row: its own numbers and 0; from 7 bits on, [-m, m].
    private static TensorData RoundedRows(TensorData weight, int bits)
    {
        var elements = weight.As<float>().ToArray();
        var rounded = elements
            .Chunk(elements.Length / (int)weight.Sizes[0])
            .SelectMany(row =>
            {
                var (low, high) = (Math.Min((double)row.Min(), 0), Math.Max((double)row.Max(), 0));
                var levels = Math.Pow(2, bits) - 1;
                if (bits >= SymmetricFrom)
                {
                    (high, levels) = (Math.Max(-low, high), levels - 1);
                    low = -high;
                }

                var step = (high - low) / levels;
                var lowest = Math.Round(low / step);
                return row.Select(number => (float)(Math.Clamp(Math.Round(number / step), lowest, lowest + levels) * step));
            });
        return TensorData.Of<float>([.. rounded], weight.Sizes.AsSpan());
    }

    // The value with the integers of an activation, and the grid that they belong to.
    private static (string Integers, float Scale, byte ZeroPoint) Quantizer(Model exported, string value)
    {
        var node = exported.Graph.Consumers(value).Single(reader => reader.Operator == "QuantizeLinear");
        var clip = exported.Graph.Consumers(node.Output).SingleOrDefault(reader => reader.Operator == "Clip");
        return (
            clip?.Output ?? node.Output,
            exported.Weights[node.Inputs[1]].As<float>()[0],
            exported.Weights[node.Inputs[2]].As<byte>()[0]
        );
    }

    private static Model With(Model model, IEnumerable<Value> outputs)
    {
        var graph = model.Graph;
        return new Model(
            new Graph(graph.Name, graph.Inputs, graph.Initializers.Values, graph.Nodes, [.. graph.Outputs, .. outputs]),
            model.Weights
        );
    }

    private static (Dictionary<string, float[]> Floats, Dictionary<string, (byte[] Elements, long[] Sizes)> Integers) Run(
        Model model,
        Dictionary<string, (float[] Elements, long[] Sizes)> inputs
    )
    {
        using var session = new InferenceSession(OnnxWriter.ToBytes(model));
        using var run = new RunOptions();
        var values = inputs.ToDictionary(
            input => input.Key,
            input => OrtValue.CreateTensorValueFromMemory(input.Value.Elements, input.Value.Sizes)
        );
        using var outputs = session.Run(run, values, session.OutputNames);
        var (floats, integers) = (new Dictionary<string, float[]>(), new Dictionary<string, (byte[], long[])>());
        foreach (var (name, output) in session.OutputNames.Zip(outputs))
        {
            var facts = output.GetTensorTypeAndShape();
            if (facts.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt8)
            {
                integers[name] = (output.GetTensorDataAsSpan<byte>().ToArray(), facts.Shape);
            }
            else
            {
                floats[name] = output.GetTensorDataAsSpan<float>().ToArray();
            }
        }

        foreach (var value in values.Values)
        {
            value.Dispose();
        }

        return (floats, integers);
    }
}
