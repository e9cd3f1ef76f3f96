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
        ["ArgMax"] = ["axis", "keepdims", "select_last_index"],
        ["ArgMin"] = ["axis", "keepdims", "select_last_index"],
        ["AveragePool"] = Window.AddRange("ceil_mode", "count_include_pad"),
        ["BatchNormalization"] = ["epsilon", "momentum"],
        ["Cast"] = ["to"],
        ["Celu"] = ["alpha"],
        ["Concat"] = ["axis"],
        ["ConstantOfShape"] = ["value"],
        ["Conv"] = Window.Add("group"),
        ["ConvTranspose"] = Window.AddRange("group", "output_padding", "output_shape"),
        ["CumSum"] = ["exclusive", "reverse"],
        ["DepthToSpace"] = ["blocksize", "mode"],
        ["DequantizeLinear"] = ["axis"],
        ["Dropout"] = ["seed"],
        ["Einsum"] = ["equation"],
        ["Elu"] = ["alpha"],
        ["EyeLike"] = ["dtype", "k"],
        ["Flatten"] = ["axis"],
        ["Gather"] = ["axis"],
        ["GatherElements"] = ["axis"],
        ["GatherND"] = ["batch_dims"],
        ["Gemm"] = ["alpha", "beta", "transA", "transB"],
        ["GridSample"] = ["align_corners", "mode", "padding_mode"],
        ["HardSigmoid"] = ["alpha", "beta"],
        ["Hardmax"] = ["axis"],
        ["InstanceNormalization"] = ["epsilon"],
        ["IsInf"] = ["detect_negative", "detect_positive"],
        ["LRN"] = ["alpha", "beta", "bias", "size"],
        ["LayerNormalization"] = ["axis", "epsilon"],
        ["LeakyRelu"] = ["alpha"],
        ["LogSoftmax"] = ["axis"],
        ["MaxPool"] = Window.Add("ceil_mode"),
        ["Mod"] = ["fmod"],
        ["NonMaxSuppression"] = ["center_point_box"],
        ["OneHot"] = ["axis"],
        ["Pad"] = ["mode"],
        ["QuantizeLinear"] = ["axis"],
        ["ReduceL1"] = ["axes", "keepdims"],
        ["ReduceL2"] = ["axes", "keepdims"],
        ["ReduceLogSum"] = ["axes", "keepdims"],
        ["ReduceLogSumExp"] = ["axes", "keepdims"],
        ["ReduceMax"] = ["axes", "keepdims"],
        ["ReduceMean"] = ["axes", "keepdims"],
        ["ReduceMin"] = ["axes", "keepdims"],
        ["ReduceProd"] = ["axes", "keepdims"],
        ["ReduceSum"] = ["keepdims"],
        ["ReduceSumSquare"] = ["axes", "keepdims"],
        ["Resize"] = ["coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value", "mode", "nearest_mode"],
        ["ScatterElements"] = ["axis", "reduction"],
        ["ScatterND"] = ["reduction"],
        ["Selu"] = ["alpha", "gamma"],
        ["Shape"] = ["start", "end"],
        ["Shrink"] = ["bias", "lambd"],
        ["Softmax"] = ["axis"],
        ["SpaceToDepth"] = ["blocksize"],
        ["Split"] = ["axis"],
        ["ThresholdedRelu"] = ["alpha"],
        ["TopK"] = ["axis", "largest", "sorted"],
        ["Transpose"] = ["perm"],
        ["Trilu"] = ["upper"],
    };

    /// <summary>The type of each attribute that is not an integer. An attribute has the same type in all operators.</summary>
    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["alpha"] = typeof(float),
        ["auto_pad"] = typeof(string),
        ["axes"] = typeof(ImmutableArray<long>),
        ["beta"] = typeof(float),
        ["bias"] = typeof(float),
        ["coordinate_transformation_mode"] = typeof(string),
        ["cubic_coeff_a"] = typeof(float),
        ["dilations"] = typeof(ImmutableArray<long>),
        ["epsilon"] = typeof(float),
        ["equation"] = typeof(string),
        ["extrapolation_value"] = typeof(float),
        ["gamma"] = typeof(float),
        ["kernel_shape"] = typeof(ImmutableArray<long>),
        ["lambd"] = typeof(float),
        ["mode"] = typeof(string),
        ["momentum"] = typeof(float),
        ["nearest_mode"] = typeof(string),
        ["output_padding"] = typeof(ImmutableArray<long>),
        ["output_shape"] = typeof(ImmutableArray<long>),
        ["padding_mode"] = typeof(string),
        ["pads"] = typeof(ImmutableArray<long>),
        ["perm"] = typeof(ImmutableArray<long>),
        ["reduction"] = typeof(string),
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
