using Microsoft.ML.OnnxRuntime;

namespace Tacit.Graphs.Tests.Onnx;

// The output of ONNX Runtime for a file and fixed random numbers.
internal static class OnnxRuntimeRun
{
    public static float[][] Run(byte[] file, int batch = 2)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        using var session = new InferenceSession(file, options);
        var inputs = session.InputMetadata.ToDictionary(input => input.Key, input => Random(input.Key, input.Value, batch));
        using var run = new RunOptions();
        using var outputs = session.Run(run, inputs, session.OutputNames);
        var result = outputs.Select(output => output.GetTensorDataAsSpan<float>().ToArray()).ToArray();
        foreach (var input in inputs.Values)
        {
            input.Dispose();
        }

        return result;
    }

    public static void AssertEqual(byte[] expected, byte[] actual, double tolerance = 1e-5)
    {
        var (one, other) = (Run(expected), Run(actual));
        Assert.Equal(one.Length, other.Length);
        foreach (var (a, b) in one.Zip(other))
        {
            Assert.Equal(a.Length, b.Length);
            var difference = a.Zip(b, (x, y) => x.Equals(y) ? 0 : Math.Abs(x - y) / (1 + Math.Abs(x))).DefaultIfEmpty().Max();
            Assert.True(difference <= tolerance, $"outputs differ by {difference}");
        }
    }

    private static OrtValue Random(string name, NodeMetadata metadata, int batch)
    {
        var sizes = metadata.Dimensions.Select(size => size < 0 ? batch : (long)size).ToArray();
        var random = new Random(name.Length);
        var elements = new float[sizes.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = (random.NextSingle() * 4) - 2;
        }

        return OrtValue.CreateTensorValueFromMemory(elements, sizes);
    }
}
