using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx;

/// <summary>Lists the attributes of every supported operator in its opset-17 form, with their types.</summary>
/// <remarks>
/// An unlisted attribute would be ignored, and the network would compute other results. Therefore, it is an error. Attributes that have no
/// effect, and those of other opsets, are removed or replaced before by <see cref="Upgrades.Upgrade"/>.
/// </remarks>
internal static class KnownAttributes
{
    /// <summary>The attributes that all convolutions and pools have.</summary>
    private static readonly ImmutableArray<string> Window = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];

    /// <summary>The attributes of each operator. Operators without attributes are not listed.</summary>
    private static readonly Dictionary<string, ImmutableArray<string>> Names = new(StringComparer.Ordinal)
    {
        ["AveragePool"] = Window.AddRange("ceil_mode", "count_include_pad"),
        ["BatchNormalization"] = ["epsilon", "momentum"],
        ["Cast"] = ["to"],
        ["Concat"] = ["axis"],
        ["ConstantOfShape"] = ["value"],
        ["Conv"] = Window.Add("group"),
        ["ConvTranspose"] = Window.AddRange("group", "output_padding", "output_shape"),
        ["DepthToSpace"] = ["blocksize", "mode"],
        ["DequantizeLinear"] = ["axis"],
        ["Dropout"] = ["seed"],
        ["Einsum"] = ["equation"],
        ["Elu"] = ["alpha"],
        ["Flatten"] = ["axis"],
        ["Gather"] = ["axis"],
        ["Gemm"] = ["alpha", "beta", "transA", "transB"],
        ["HardSigmoid"] = ["alpha", "beta"],
        ["InstanceNormalization"] = ["epsilon"],
        ["LayerNormalization"] = ["axis", "epsilon"],
        ["LeakyRelu"] = ["alpha"],
        ["LogSoftmax"] = ["axis"],
        ["MaxPool"] = Window.Add("ceil_mode"),
        ["Pad"] = ["mode"],
        ["QuantizeLinear"] = ["axis"],
        ["ReduceL2"] = ["axes", "keepdims"],
        ["ReduceMax"] = ["axes", "keepdims"],
        ["ReduceMean"] = ["axes", "keepdims"],
        ["ReduceMin"] = ["axes", "keepdims"],
        ["ReduceProd"] = ["axes", "keepdims"],
        ["ReduceSum"] = ["keepdims"],
        ["Resize"] = ["coordinate_transformation_mode", "extrapolation_value", "mode", "nearest_mode"],
        ["Selu"] = ["alpha", "gamma"],
        ["Shape"] = ["start", "end"],
        ["Softmax"] = ["axis"],
        ["SpaceToDepth"] = ["blocksize"],
        ["Split"] = ["axis"],
        ["Transpose"] = ["perm"],
    };

    /// <summary>The type of each attribute that is not an integer. An attribute has the same type in all operators.</summary>
    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["alpha"] = typeof(float),
        ["auto_pad"] = typeof(string),
        ["axes"] = typeof(ImmutableArray<long>),
        ["beta"] = typeof(float),
        ["coordinate_transformation_mode"] = typeof(string),
        ["dilations"] = typeof(ImmutableArray<long>),
        ["epsilon"] = typeof(float),
        ["equation"] = typeof(string),
        ["extrapolation_value"] = typeof(float),
        ["gamma"] = typeof(float),
        ["kernel_shape"] = typeof(ImmutableArray<long>),
        ["mode"] = typeof(string),
        ["momentum"] = typeof(float),
        ["nearest_mode"] = typeof(string),
        ["output_padding"] = typeof(ImmutableArray<long>),
        ["output_shape"] = typeof(ImmutableArray<long>),
        ["pads"] = typeof(ImmutableArray<long>),
        ["perm"] = typeof(ImmutableArray<long>),
        ["strides"] = typeof(ImmutableArray<long>),
        ["value"] = typeof(TensorData),
    };

    /// <summary>Verifies that every attribute belongs to its operator and has the right type.</summary>
    /// <param name="draft">The graph after all upgrades.</param>
    /// <exception cref="UnsupportedOperatorException">A node has an unknown attribute.</exception>
    /// <exception cref="InvalidFileException">An attribute has a wrong type.</exception>
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

                // Attributes without a listed type are integers: counts, axes and switches.
                if (value.GetType() != Types.GetValueOrDefault(name, typeof(long)))
                {
                    throw draft.Source.Invalid($"{node} has the attribute {name} of a wrong type");
                }
            }
        }
    }
}
