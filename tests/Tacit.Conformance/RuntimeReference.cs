using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs;

namespace Tacit.Conformance;

/// <summary>ONNX Runtime as the reference for execution.</summary>
public static class RuntimeReference
{
    /// <summary>The outputs of a network in the order of its graph.</summary>
    public static TensorData[] Run(
        byte[] onnx,
        IReadOnlyDictionary<string, TensorData> inputs,
        GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = optimization,
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        using var session = new InferenceSession(onnx, options);
        using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        var names = inputs.Keys.ToList();
        var values = names.ConvertAll(name => ToValue(inputs[name]));
        try
        {
            using var results = session.Run(run, names, values, session.OutputNames);
            return [.. results.Select(ToData)];
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    private static OrtValue ToValue(TensorData data)
    {
        var type = (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)data.Element;
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, [.. data.Sizes]);
        data.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static TensorData ToData(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return new TensorData((ElementType)info.ElementDataType, info.Shape, value.GetTensorMutableRawData().ToArray());
    }
}
