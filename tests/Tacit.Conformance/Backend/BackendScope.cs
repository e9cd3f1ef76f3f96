using Tacit.Graphs;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Conformance.Backend;

/// <summary>Decides which backend tests concern convolutional networks in inference.</summary>
/// <remarks>
/// A case is out of scope if it has an operator of the lists below, runs in training mode, or has a value that is not a tensor of Float32,
/// integers or Booleans.
/// </remarks>
internal static class BackendScope
{
    private static readonly Dictionary<string, string[]> Operators = new()
    {
        ["training"] = ["Adagrad", "Adam", "Gradient", "Momentum", "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"],
        ["text"] = ["StringNormalizer", "TfIdfVectorizer"],
        ["sequences and optional values"] =
        [
            "ConcatFromSequence",
            "Optional",
            "OptionalGetElement",
            "OptionalHasElement",
            "SequenceAt",
            "SequenceConstruct",
            "SequenceEmpty",
            "SequenceErase",
            "SequenceInsert",
            "SequenceLength",
            "SequenceMap",
            "SplitToSequence",
        ],
        ["loops"] = ["Loop", "Scan"],
        ["recurrent networks"] = ["GRU", "LSTM", "RNN", "ReverseSequence"],
        ["random numbers"] = ["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
        ["audio"] = ["BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "MelWeightMatrix", "STFT"],
    };

    /// <summary>Returns the rule that puts a file out of scope; null if it is in scope.</summary>
    public static string? Outside(ModelProto model)
    {
        var nodes = model.Graph.Node.Concat(model.Functions.SelectMany(function => function.Node)).ToList();
        return Operators.FirstOrDefault(rule => nodes.Any(node => rule.Value.Contains(node.OpType))).Key
            ?? (IsTraining(model) ? "training" : null)
            ?? model.Graph.Input.Concat(model.Graph.Output).Select(value => Outside(value.Type)).FirstOrDefault(rule => rule is not null)
            ?? (nodes.Any(CastsOutside) ? "other element types" : null);
    }

    private static string? Outside(TypeProto type) =>
        type.TensorType is not { } tensor ? "sequences and optional values"
        : tensor.ElemType == (int)ElementType.Text ? "text"
        : IsOutside(tensor.ElemType) ? "other element types"
        : null;

    // Tests of Dropout and BatchNormalization say in their names' files whether they train: by an attribute, or by an input.
    private static bool IsTraining(ModelProto model) =>
        model.Graph.Node.Any(node =>
            (node.OpType == "BatchNormalization" && node.Attribute.Any(attribute => attribute is { Name: "training_mode", I: not 0 }))
            || (node is { OpType: "Dropout", Input.Count: > 2 } && node.Input[2].Length > 0)
        );

    private static bool CastsOutside(NodeProto node) =>
        node.Attribute.Any(attribute => attribute.Name is "to" or "dtype" && attribute.I != 0 && IsOutside((int)attribute.I));

    private static bool IsOutside(int element) =>
        (ElementType)element
            is not (
                ElementType.Float32
                or ElementType.Int64
                or ElementType.Int32
                or ElementType.Int16
                or ElementType.Int8
                or ElementType.UInt64
                or ElementType.UInt32
                or ElementType.UInt16
                or ElementType.UInt8
                or ElementType.Boolean
            );
}
