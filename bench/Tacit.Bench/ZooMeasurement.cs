using Tacit.Conformance;
using Tacit.Graphs.Onnx;
using Tacit.Learning.Networks;

namespace Tacit.Bench;

/// <summary>A network of the zoo with random weights, in float and in 8 bits.</summary>
/// <param name="Times">The float network's time, and that in 8 bits.</param>
/// <param name="Network">The network in 8 bits.</param>
internal sealed record ZooMeasurement(Comparison Times, QuantizedNetwork Network)
{
    private const int Images = 8;

    public static ZooMeasurement Of(ZooNetwork network, int rounds, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("tacit-zoo-");
        try
        {
            var (first, second) = (Path.Combine(folder.FullName, "float.onnx"), Path.Combine(folder.FullName, "w8a8.onnx"));
            var quantized = new QuantizedNetwork(network.Build(), Images, network.Size, cancellationToken);
            OnnxWriter.Write(quantized.Float, first);
            File.WriteAllBytes(second, quantized.Onnx);
            return new ZooMeasurement(new SessionComparison(first, second, rounds).Run(threads: 1, batch: 1, cancellationToken), quantized);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The kernels that ONNX Runtime runs in floating point, counted.</summary>
    public string FloatKernels =>
        string.Join(", ", Network.FloatKernels.CountBy(kernel => kernel).Select(pair => $"{pair.Value} {pair.Key}"));
}
