using System.Collections.Immutable;

namespace Tacit.Graphs.Onnx;

/// <summary>The attributes of the dialect's operators. What is not here would be ignored, and the numbers be wrong.</summary>
internal static class KnownAttributes
{
    private static readonly ImmutableArray<string> Window = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];

    private static readonly Dictionary<string, ImmutableArray<string>> Names = new(StringComparer.Ordinal)
    {
        ["AveragePool"] = Window.AddRange("ceil_mode", "count_include_pad"),
        ["BatchNormalization"] = ["epsilon", "momentum"],
        ["Cast"] = ["to"],
        ["Concat"] = ["axis"],
        ["ConstantOfShape"] = ["value"],
        ["Conv"] = Window.Add("group"),
        ["DequantizeLinear"] = ["axis"],
        ["Dropout"] = ["seed"],
        ["Flatten"] = ["axis"],
        ["Gather"] = ["axis"],
        ["Gemm"] = ["alpha", "beta", "transA", "transB"],
        ["HardSigmoid"] = ["alpha", "beta"],
        ["LeakyRelu"] = ["alpha"],
        ["MaxPool"] = Window.Add("ceil_mode"),
        ["Pad"] = ["mode"],
        ["QuantizeLinear"] = ["axis"],
        ["ReduceMean"] = ["axes", "keepdims"],
        ["Shape"] = ["start", "end"],
        ["Softmax"] = ["axis"],
        ["Split"] = ["axis"],
        ["Transpose"] = ["perm"],
    };

    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["alpha"] = typeof(float),
        ["auto_pad"] = typeof(string),
        ["axes"] = typeof(ImmutableArray<long>),
        ["beta"] = typeof(float),
        ["dilations"] = typeof(ImmutableArray<long>),
        ["epsilon"] = typeof(float),
        ["kernel_shape"] = typeof(ImmutableArray<long>),
        ["mode"] = typeof(string),
        ["momentum"] = typeof(float),
        ["pads"] = typeof(ImmutableArray<long>),
        ["perm"] = typeof(ImmutableArray<long>),
        ["strides"] = typeof(ImmutableArray<long>),
        ["value"] = typeof(TensorData),
    };

    /// <summary>Refuses attributes that an operator does not have, or that are of another type.</summary>
    public static void Check(GraphDraft draft)
    {
        foreach (var node in draft.Nodes)
        {
            var names = Names.GetValueOrDefault(node.Operator, []);
            foreach (var (name, value) in node.Attributes)
            {
                if (!names.Contains(name))
                {
                    throw draft.Source.Unsupported(node, $"the attribute {name} is not supported");
                }

                // Those that are not listed are integers: counts, axes and switches.
                if (value.GetType() != Types.GetValueOrDefault(name, typeof(long)))
                {
                    throw draft.Source.Invalid($"{node} has the attribute {name} of a wrong type");
                }
            }
        }
    }
}
