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
        using var options = Options(optimization);
        using var session = new InferenceSession(onnx, options);
        return Run(session, inputs);
    }

    /// <summary>The outputs of a file, which may have external data, in the order of its graph.</summary>
    public static TensorData[] Run(string path, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using var options = Options(GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var session = new InferenceSession(path, options);
        return Run(session, inputs);
    }

    private static SessionOptions Options(GraphOptimizationLevel optimization) =>
        new()
        {
            GraphOptimizationLevel = optimization,
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };

    private static TensorData[] Run(InferenceSession session, IReadOnlyDictionary<string, TensorData> inputs)
    {
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
