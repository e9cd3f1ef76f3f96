using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Operators;

/// <summary>ONNX Runtime as the reference for shapes and constants.</summary>
internal static class Runtime
{
    private static readonly RunOptions Run = new();

    /// <summary>Returns the first output for Float32 inputs of the given sizes that are filled with zeros.</summary>
    public static TensorData Output(Model model, IReadOnlyDictionary<string, long[]>? inputs = null, Func<long, float>? fill = null)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(OnnxWriter.ToBytes(model), options);
        var values = (inputs ?? ImmutableDictionary<string, long[]>.Empty).ToDictionary(
            input => input.Key,
            input =>
                OrtValue.CreateTensorValueFromMemory(
                    [.. Enumerable.Range(0, (int)input.Value.Aggregate(1L, (a, b) => a * b)).Select(i => fill?.Invoke(i) ?? 0)],
                    input.Value
                )
        );
        try
        {
            using var outputs = session.Run(Run, values, session.OutputNames);
            var info = outputs[0].GetTensorTypeAndShape();
            return new TensorData((ElementType)info.ElementDataType, info.Shape, outputs[0].GetTensorDataAsSpan<byte>().ToArray());
        }
        finally
        {
            foreach (var value in values.Values)
            {
                value.Dispose();
            }
        }
    }
}
