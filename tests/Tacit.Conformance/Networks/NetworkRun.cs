using Tacit.Graphs;
using Tacit.Graphs.Onnx;

namespace Tacit.Conformance.Networks;

/// <summary>Runs networks in ONNX Runtime on noise, those of a fixed batch in parts of it.</summary>
public static class NetworkRun
{
    /// <summary>Returns noise for a network: two batches of a fixed size, or three samples.</summary>
    public static TensorData Noise(Model model)
    {
        var rows = FixedBatch.Of(model.Graph.Inputs) is { } batch ? 2 * batch : 3;
        return new Draw(3).Floats(-2, 2, [rows, .. model.Graph.Inputs[0].Type.Shape.Skip(1).Select(size => size.Size)]);
    }

    /// <summary>Returns the elements of each output, one part of the samples after the other.</summary>
    /// <param name="model">A network of one input.</param>
    /// <param name="samples">The samples; their number is a multiple of a fixed batch size.</param>
    public static float[][] Outputs(Model model, TensorData samples) => Outputs(model, OnnxWriter.ToBytes(model), samples);

    /// <summary>Returns the elements of each output of a file, one part of the samples after the other.</summary>
    /// <param name="model">What was read from the file.</param>
    /// <param name="onnx">The bytes of the file.</param>
    /// <param name="samples">The samples; their number is a multiple of a fixed batch size.</param>
    public static float[][] Outputs(Model model, byte[] onnx, TensorData samples)
    {
        var input = model.Graph.Inputs[0].Name;
        var part = (int)(FixedBatch.Of(model.Graph.Inputs) ?? samples.Sizes[0]);
        var parts = Enumerable
            .Range(0, (int)samples.Sizes[0] / part)
            .Select(i => RuntimeReference.Run(onnx, new Dictionary<string, TensorData> { [input] = samples.Rows(i * part, part) }))
            .ToList();
        return [.. model.Graph.Outputs.Select((_, output) => parts.SelectMany(outputs => outputs[output].As<float>().ToArray()).ToArray())];
    }

    /// <summary>Returns the largest difference of an output as a part of its largest number; infinity if the numbers differ in count.</summary>
    public static double Difference(float[][] expected, float[][] actual) =>
        expected.Length != actual.Length ? double.PositiveInfinity : expected.Zip(actual, Difference).DefaultIfEmpty().Max();

    private static double Difference(float[] expected, float[] actual)
    {
        if (expected.Length != actual.Length)
        {
            return double.PositiveInfinity;
        }

        var largest = expected.Select(Math.Abs).DefaultIfEmpty().Max();
        var difference = expected.Zip(actual, (one, other) => one.Equals(other) ? 0 : Math.Abs((double)one - other)).DefaultIfEmpty().Max();
        return difference == 0 ? 0
            : double.IsNaN(difference) ? double.PositiveInfinity
            : difference / largest;
    }
}
