using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Defines how each operator is converted from channels last to channels first.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Element-wise functions of one operand: unchanged.</item>
/// <item>Broadcast functions of several operands: constants are transposed. Operands of lower rank must be constants or scalars.</item>
/// <item>Concat, Split, Softmax and LogSoftmax: the axis is mapped.</item>
/// <item>Pad and Slice: the pads and axes are mapped. They must be constants.</item>
/// <item>Reductions and Squeeze: the axes are mapped. If axes are dropped, the remaining ones must keep their order.</item>
/// <item>Reshape, Unsqueeze and Flatten: see <see cref="ChannelsFirstReshaping"/>.</item>
/// </list>
/// </remarks>
internal static class ChannelsFirstRules
{
    private static readonly ImmutableHashSet<string> OfOne =
    [
        "Relu",
        "LeakyRelu",
        "Elu",
        "Selu",
        "Softplus",
        "Clip",
        "Sigmoid",
        "HardSigmoid",
        "Tanh",
        "Erf",
        "Exp",
        "Log",
        "Sqrt",
        "Reciprocal",
        "Floor",
        "Ceil",
        "Abs",
        "Neg",
        "Cast",
        "Identity",
        "Dropout",
    ];

    private static readonly ImmutableHashSet<string> OfSeveral = ["Add", "Sub", "Mul", "Div", "Min", "Max", "Pow", "PRelu"];

    private static readonly ImmutableHashSet<string> Reductions =
    [
        "ReduceMean",
        "ReduceSum",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd",
        "ReduceL2",
    ];

    private static readonly ImmutableHashSet<string> Others =
    [
        "Pad",
        "Concat",
        "Split",
        "Slice",
        "Softmax",
        "LogSoftmax",
        "Squeeze",
        "Unsqueeze",
        "Reshape",
        "Flatten",
    ];

    /// <summary>
    /// Returns whether the operator of a node has a rule. The rule can still fail for the attributes and shapes of the node.
    /// </summary>
    public static bool Knows(Node node) =>
        OfOne.Contains(node.Operator)
        || OfSeveral.Contains(node.Operator)
        || Reductions.Contains(node.Operator)
        || Others.Contains(node.Operator);

    /// <summary>Adds a node in a form that works on the channels-first order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="pass">The walk that receives the converted node.</param>
    /// <returns>False if the node cannot be converted, or if the conversion would add more Transposes than it saves.</returns>
    public static bool TryApply(Node node, ChannelsFirstPass pass)
    {
        if (!Knows(node))
        {
            return false;
        }

        if (node.Operator is "Reshape" or "Unsqueeze" or "Flatten")
        {
            return ChannelsFirstReshaping.TryApply(node, pass);
        }

        // Each operand that does not exist in this order costs a Transpose. With more than one, the conversion costs more than it saves.
        var operands = (node.Operator is "Concat" || OfSeveral.Contains(node.Operator) ? node.Inputs : node.Inputs.Take(1))
            .Where(input => pass.Data(input) is null)
            .ToList();
        var rank = operands.Count == 0 ? 0 : operands.Max(operand => pass.ShapeOf(operand).Rank);
        if (
            !ChannelOrder.IsFor(rank)
            || !(operands.Any(pass.IsFirst) || (node.Outputs.All(pass.IsWanted) && operands.Count(operand => !pass.HasFirst(operand)) <= 1))
        )
        {
            return false;
        }

        return node.Operator switch
        {
            "Concat" => Concat(node, rank, pass),
            "Pad" => Pad(node, rank, pass),
            "Slice" => Slice(node, rank, pass),
            "Split" => Along(node, rank, absent: 0, pass),
            "Softmax" or "LogSoftmax" => Along(node, rank, absent: -1, pass),
            "Squeeze" => Squeeze(node, rank, pass),
            _ when OfOne.Contains(node.Operator) => Put(
                node with
                {
                    Inputs = [pass.First(node.Inputs[0]), .. node.Inputs.Skip(1).Select(pass.AsIs)],
                },
                pass
            ),
            _ when OfSeveral.Contains(node.Operator) => Broadcast(node, rank, pass),
            _ => Reduce(node, rank, pass),
        };
    }

    private static bool Put(Node node, ChannelsFirstPass pass)
    {
        pass.AddFirst(node);
        return true;
    }

    /// <summary>Maps an axis, which may be negative, to the channels-first order.</summary>
    private static int Place(long axis, int rank) => ChannelOrder.First((int)(axis < 0 ? axis + rank : axis), rank);

    /// <summary>Converts a broadcast function. Operands of lower rank must be constants, which are transposed, or scalars.</summary>
    private static bool Broadcast(Node node, int rank, ChannelsFirstPass pass)
    {
        if (
            node.Inputs.Any(input =>
                pass.ShapeOf(input).Rank is var own && own != rank && (own > rank || (own > 0 && pass.Data(input) is null))
            )
        )
        {
            return false;
        }

        return Put(node with { Inputs = [.. node.Inputs.Select(Operand)] }, pass);

        string Operand(string input) =>
            pass.Data(input) is not null ? pass.FirstConstant(input, rank)
            : pass.ShapeOf(input).Rank == rank ? pass.First(input)
            : pass.AsIs(input);
    }

    private static bool Concat(Node node, int rank, ChannelsFirstPass pass) =>
        Put(
            node with
            {
                Inputs = [.. node.Inputs.Select(input => pass.Data(input) is null ? pass.First(input) : pass.FirstConstant(input, rank))],
                Attributes = node.Attributes.With("axis", Place(node.Attributes.Int("axis"), rank)),
            },
            pass
        );

    /// <summary>Converts a node with one input and an axis.</summary>
    private static bool Along(Node node, int rank, long absent, ChannelsFirstPass pass) =>
        Put(
            node with
            {
                Inputs = [pass.First(node.Inputs[0]), .. node.Inputs.Skip(1).Select(pass.AsIs)],
                Attributes = node.Attributes.With("axis", Place(node.Attributes.Int("axis", absent), rank)),
            },
            pass
        );

    private static bool Pad(Node node, int rank, ChannelsFirstPass pass)
    {
        if (pass.Data(node.Inputs[1])?.ToInt64() is not { } pads || pads.Length != 2 * rank || node.InputOrNull(3) is not null)
        {
            return false;
        }

        var placed = new long[pads.Length];
        for (var axis = 0; axis < rank; axis++)
        {
            placed[ChannelOrder.First(axis, rank)] = pads[axis];
            placed[rank + ChannelOrder.First(axis, rank)] = pads[rank + axis];
        }

        return Put(
            node with
            {
                Inputs = [pass.First(node.Inputs[0]), pass.Constant(node, "pads", placed), .. node.Inputs.Skip(2).Select(pass.AsIs)],
            },
            pass
        );
    }

    private static bool Slice(Node node, int rank, ChannelsFirstPass pass)
    {
        var axes =
            node.InputOrNull(3) is { } given ? pass.Data(given)?.ToInt64()
            : pass.Data(node.Inputs[1]) is { } starts ? [.. Enumerable.Range(0, (int)starts.Count)]
            : null;
        if (axes is null)
        {
            return false;
        }

        var placed = pass.Constant(node, "axes", [.. axes.Select(axis => (long)Place(axis, rank))]);
        return Put(
            node with
            {
                Inputs =
                [
                    pass.First(node.Inputs[0]),
                    .. node.Inputs[1..3].Select(pass.AsIs),
                    placed,
                    .. node.Inputs.Skip(4).Select(pass.AsIs),
                ],
            },
            pass
        );
    }

    /// <summary>Converts a reduction. Without keepdims, the remaining axes must have the same order in both axis orders.</summary>
    private static bool Reduce(Node node, int rank, ChannelsFirstPass pass)
    {
        var isInput = node.Operator == "ReduceSum";
        var axes = isInput
            ? node.InputOrNull(1) is not { } given
                ? []
                : pass.Data(given)?.ToInt64()
            : node.Attributes.Ints("axes") ?? [];
        if (axes is null)
        {
            return false;
        }

        var keeps = node.Attributes.Int("keepdims", 1) != 0;
        long[] placed = [.. axes.Select(axis => (long)Place(axis, rank)).Order()];
        if (!keeps && !LeavesOrder(axes.Length == 0 ? [.. Enumerable.Range(0, rank)] : placed, rank))
        {
            return false;
        }

        var first = pass.First(node.Inputs[0]);
        var moved =
            axes.Length == 0 ? node with { Inputs = node.Inputs.SetItem(0, first) }
            : isInput ? node with { Inputs = [first, pass.Constant(node, "axes", placed)] }
            : node with { Inputs = [first], Attributes = node.Attributes.With("axes", ImmutableArray.Create(placed)) };
        if (keeps)
        {
            return Put(moved, pass);
        }

        pass.AddAsIs(moved);
        return true;
    }

    private static bool Squeeze(Node node, int rank, ChannelsFirstPass pass)
    {
        var axes = node.InputOrNull(1) is { } given
            ? pass.Data(given)?.ToInt64()
            : [.. pass.ShapeOf(node.Inputs[0]).Index().Where(size => size.Item is { IsKnown: true, Size: 1 }).Select(size => size.Index)];
        if (axes is null)
        {
            return false;
        }

        long[] placed = [.. axes.Select(axis => (long)Place(axis, rank)).Order()];
        if (!LeavesOrder(placed, rank))
        {
            return false;
        }

        pass.AddAsIs(node with { Inputs = [pass.First(node.Inputs[0]), pass.Constant(node, "axes", placed)] });
        return true;
    }

    /// <summary>Returns whether the axes that remain after dropping some have the same order in both axis orders.</summary>
    /// <param name="dropped">The dropped axes in the channels-first order.</param>
    /// <param name="rank">The number of dimensions before.</param>
    private static bool LeavesOrder(long[] dropped, int rank)
    {
        var left = Enumerable.Range(0, rank).Select(axis => ChannelOrder.First(axis, rank)).Where(axis => !dropped.Contains(axis)).ToList();
        return left.Zip(left.Skip(1)).All(pair => pair.First < pair.Second);
    }
}
