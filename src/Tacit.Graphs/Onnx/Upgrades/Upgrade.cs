using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>A rule that rewrites an operator of some opsets in the form of the graph dialect, which is that of ONNX opset 17.</summary>
/// <remarks>
/// <para>
/// Every change of an operator since opset 1 has a rule; see Operators.md and Changelog.md of ONNX. Rules that rewrite newer
/// operators use only operators of opset 17. Forms that the dialect does not have are rejected, never approximated.
/// </para>
/// <para>
/// Rules for one operator are applied in order, each to the result of the previous one. They see all earlier nodes in their new form, so
/// constants that are computed from these are known (<see cref="GraphDraft.Known"/>).
/// </para>
/// </remarks>
/// <param name="operator">The name of the operator.</param>
/// <param name="from">The first opset to which the rule applies. Default: no lower limit.</param>
/// <param name="to">The last opset to which the rule applies. Default: no upper limit.</param>
internal abstract class Upgrade(string @operator, long from = long.MinValue, long to = long.MaxValue)
{
    // Operators that could overwrite their inputs in opset 1, which the attribute consumed_inputs lists.
    private static readonly string[] ConsumingOperators =
    [
        "Abs",
        "Add",
        "BatchNormalization",
        "Ceil",
        "Clip",
        "Div",
        "Dropout",
        "Elu",
        "Exp",
        "Floor",
        "HardSigmoid",
        "InstanceNormalization",
        "LeakyRelu",
        "Log",
        "Max",
        "Mean",
        "Min",
        "Mul",
        "Neg",
        "PRelu",
        "Reciprocal",
        "Relu",
        "Reshape",
        "Selu",
        "Sigmoid",
        "Sqrt",
        "Sub",
        "Sum",
        "Tanh",
    ];

    private static readonly string[] BroadcastingOperators =
    [
        "Add",
        "And",
        "Div",
        "Equal",
        "Greater",
        "Less",
        "Mul",
        "Or",
        "Pow",
        "Sub",
        "Xor",
    ];

    // Rules for the same operator are applied in this order, each to the result of the previous one.
    private static readonly ILookup<string, Upgrade> All = (
        (Upgrade[])
            [
                .. ConsumingOperators.Select(name => new LegacyAttributes(name, "consumed_inputs")),
                new LegacyAttributes("BatchNormalization", "is_test", "training_mode"),
                new LegacyAttributes("Dropout", "is_test"),
                new LegacyAttributes("Gemm", "broadcast"),
                .. BroadcastingOperators.Select(name => new BroadcastAttributes(name)),
                new PerChannelSlopes(),
                new ReshapeAttribute(),
                new ConcatAxis(),
                new CastToName(),
                new TileAxis(),
                new PadPaddings(),
                new BatchNormOfActivations(),
                new UpsampleAttributes(),
                new LegacyAttributes("Cast", "saturate"),
                new SinglePrecision(),
                new CastLikeAsCast(),
                new LegacyAttributes("QuantizeLinear", "saturate"),
                new BatchNormalizationOutputs(),
                new DropoutRatio(),
                new DropoutMask(),
                new ClipBounds(),
                new FlattenedSoftmax("Softmax"),
                new FlattenedSoftmax("LogSoftmax"),
                new FlattenedSoftmax("Hardmax"),
                new SumAsAdds(),
                new MeanAsAdds(),
                new SizeAsProduct(),
                new MeanVarianceAsFormula(),
                new NormAsFormula(),
                new ScatterAlongAxis(),
                new TopKAttribute(),
                new GridSampleModes(),
                new GeluAsErf(),
                new MishAsSoftplus(),
                new HardSwishAsHardSigmoid(),
                new GroupsAsInstances(),
                new LayerNormalizationOutputs(),
                new Upsample(),
                new ResizeOfOpset10(),
                new ResizeInputs(),
                new ResizeAxes(),
                new ResizeAttributes(),
                new PadAttributes(),
                new PadAxes(),
                new PadMode(),
                new SliceAttributes(),
                new SplitAttribute(),
                new SplitSizes(),
                new AxesAttribute("Squeeze"),
                new AxesAttribute("Unsqueeze"),
                new AxesAttribute("ReduceSum"),
                new ReduceSumOfNothing(),
                new ReductionAxes("ReduceMean"),
                new ReductionAxes("ReduceMax"),
                new ReductionAxes("ReduceMin"),
                new ReductionAxes("ReduceProd"),
                new ReductionAxes("ReduceL1"),
                new ReductionAxes("ReduceL2"),
                new ReductionAxes("ReduceLogSum"),
                new ReductionAxes("ReduceLogSumExp"),
                new ReductionAxes("ReduceSumSquare"),
                new MaxPoolIndices(),
                new UnitDilations(),
                new ReshapeAllowZero(),
                new QuantizationBlocks("QuantizeLinear"),
                new QuantizationBlocks("DequantizeLinear"),
                new QuantizedType(),
            ]
    ).ToLookup(upgrade => upgrade.Operator, StringComparer.Ordinal);

    /// <summary>The names of the operators that have a rule. A file may contain them, even if the dialect does not have them.</summary>
    public static IReadOnlySet<string> Operators { get; } = All.Select(rules => rules.Key).ToHashSet(StringComparer.Ordinal);

    /// <summary>The name of the operator to which the rule applies.</summary>
    public string Operator => @operator;

    /// <summary>Returns the node in the form of the dialect.</summary>
    /// <param name="node">The node to rewrite.</param>
    /// <param name="draft">The graph, to which constants and preceding nodes are added.</param>
    /// <exception cref="UnsupportedOperatorException">The form of the operator is not supported.</exception>
    /// <exception cref="InvalidFileException">The node is malformed.</exception>
    public abstract Node Apply(Node node, GraphDraft draft);

    /// <summary>Applies all rules that match the opset of the draft to all of its nodes.</summary>
    /// <exception cref="UnsupportedOperatorException">The form of an operator is not supported.</exception>
    /// <exception cref="InvalidFileException">A node is malformed.</exception>
    public static void ApplyAll(GraphDraft draft) =>
        draft.Rewrite(node =>
        {
            try
            {
                return All[node.Operator]
                    .Where(upgrade => upgrade.IsFor(draft.Opset))
                    .Aggregate(node, (form, upgrade) => upgrade.Apply(form, draft));
            }
            catch (InvalidOperationException exception)
            {
                throw draft.Source.Invalid($"{node}: {exception.Message}", inner: exception);
            }
        });

    /// <summary>Returns the first input, which every operator with a rule requires.</summary>
    /// <exception cref="InvalidFileException">The input is missing.</exception>
    protected static string Data(Node node, GraphDraft draft) =>
        node.InputOrNull(0) ?? throw draft.Source.Invalid($"{node} lacks its first input");

    /// <summary>Adds a node before the node that is being rewritten.</summary>
    /// <param name="node">The node that is being rewritten. Its output gives the name prefix.</param>
    /// <param name="draft">The graph.</param>
    /// <param name="operator">The operator of the new node.</param>
    /// <param name="suffix">The suffix of the new name.</param>
    /// <param name="inputs">The inputs of the new node.</param>
    /// <param name="attributes">The attributes of the new node. Null for none.</param>
    /// <returns>The name of the output.</returns>
    protected static string Before(
        Node node,
        GraphDraft draft,
        string @operator,
        string suffix,
        string[] inputs,
        Attributes? attributes = null
    )
    {
        var output = draft.Unique($"{node.Output}_{suffix}");
        draft.Add(new Node(draft.NodeName(output), @operator, [.. inputs], [output], attributes ?? Attributes.None));
        return output;
    }

    /// <summary>Returns the number of dimensions of a value.</summary>
    /// <exception cref="UnsupportedOperatorException">It is not known.</exception>
    protected static int Rank(string value, Node node, GraphDraft draft) =>
        draft.ShapeOf(value)?.Rank
        ?? throw draft.Source.Unsupported(node, $"this form is not supported where the number of dimensions of {value} is not known");

    /// <summary>Adds axes of size 1 after the last axis of a value.</summary>
    /// <param name="node">The node that is being rewritten.</param>
    /// <param name="draft">The graph.</param>
    /// <param name="value">The value.</param>
    /// <param name="rank">The number of dimensions of the value.</param>
    /// <param name="count">The number of axes to add.</param>
    /// <returns>The name of the result. A weight becomes another weight of the same elements.</returns>
    protected static string Unsqueezed(Node node, GraphDraft draft, string value, int rank, int count)
    {
        if (draft.Initializer(value) is { } data)
        {
            var weight = draft.Unique($"{node.Output}_{value}");
            draft.AddInitializer(weight, data.Reshape([.. data.Sizes, .. Enumerable.Repeat(1L, count)]), draft.IsStructural(value));
            return weight;
        }

        long[] axes = [.. Enumerable.Range(rank, count)];
        return Before(
            node,
            draft,
            "Unsqueeze",
            "unsqueezed",
            [value, draft.Constant($"{node.Output}_axes", TensorData.Of<long>(axes, axes.Length))]
        );
    }

    private bool IsFor(long opset) => opset >= from && opset <= to;
}
