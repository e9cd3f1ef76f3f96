namespace Tacit.Graphs.Onnx;

/// <summary>The operators that the reader lets through.</summary>
internal static class SupportedOperators
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "ConstantOfShape", "Conv",
        "DequantizeLinear", "Div", "Dropout", "Flatten", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid",
        "HardSwish", "Identity", "LeakyRelu", "MatMul", "MaxPool", "Mul", "Pad", "QuantizeLinear", "ReduceMean", "ReduceSum",
        "Relu", "Reshape", "Shape", "Sigmoid", "Slice", "Softmax", "Split", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze",
    };

    public static bool IsOnnxDomain(string domain) => domain is "" or "ai.onnx";

    public static bool Contains(string @operator) => Names.Contains(@operator);

    /// <summary>The operators as a message lists them.</summary>
    public static string Listed => string.Join(", ", Names.Order(StringComparer.Ordinal));

    public static void Check(GraphDraft draft)
    {
        if (draft.Nodes.FirstOrDefault(node => !Contains(node.Operator)) is { } unknown)
        {
            throw draft.Source.Unsupported(unknown, $"the operator is not supported; supported are {Listed}");
        }
    }
}
