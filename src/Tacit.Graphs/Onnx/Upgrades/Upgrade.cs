using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>A rule that brings an operator's form in some opsets to that of the dialect.</summary>
/// <param name="operator">The operator.</param>
/// <param name="from">The first opset whose form it mends.</param>
/// <param name="to">The last opset whose form it mends.</param>
internal abstract class Upgrade(string @operator, long from = long.MinValue, long to = long.MaxValue)
{
    // Rules for the same operator apply in this order, each to what the one before has made.
    private static readonly ILookup<string, Upgrade> All = new Upgrade[]
    {
        new LegacyAttributes("BatchNormalization", "is_test", "consumed_inputs", "training_mode"),
        new LegacyAttributes("Dropout", "is_test", "consumed_inputs"),
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
        new ReductionAxes("ReduceL2"),
        new MaxPoolIndices(),
        new UnitDilations(),
        new ReshapeAllowZero(),
        new QuantizationBlocks("QuantizeLinear"),
        new QuantizationBlocks("DequantizeLinear"),
        new QuantizedType(),
    }.ToLookup(upgrade => upgrade.Operator, StringComparer.Ordinal);

    /// <summary>The operators that have a rule.</summary>
    public static IReadOnlySet<string> Operators { get; } = All.Select(rules => rules.Key).ToHashSet(StringComparer.Ordinal);

    public string Operator => @operator;

    /// <summary>The node in the dialect; nodes that have to come before it are added to the draft.</summary>
    public abstract Node Apply(Node node, GraphDraft draft);

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

    /// <summary>The first input, which every operator with a rule has to have.</summary>
    protected static string Data(Node node, GraphDraft draft) =>
        node.InputOrNull(0) ?? throw draft.Source.Invalid($"{node} lacks its first input");

    /// <summary>Adds a node that comes before the given one, and returns its output.</summary>
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

    private bool IsFor(long opset) => opset >= from && opset <= to;
}
