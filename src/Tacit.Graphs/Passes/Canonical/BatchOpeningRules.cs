using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Defines how operators are told to leave one more axis alone, the first one, along which samples lie.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Element-wise functions of one operand: unchanged.</item>
/// <item>Broadcast functions: operands of fewer axes get more of them behind the samples.</item>
/// <item>Transpose, Concat, Split, Slice, Gather, Pad, Tile, Expand, Softmax and reductions: their axes move by one.</item>
/// <item>A Concat with constants becomes a Pad, and a sum with the constants if they are not 0: constants have no samples.</item>
/// <item>MatMul: matrices for each sample.</item>
/// </list>
/// <para>If a batch has more than one sample, a rule also requires that it does not move or join elements along their axis.</para>
/// </remarks>
internal static class BatchOpeningRules
{
    /// <summary>Adds a node in a form that works on samples beside each other.</summary>
    /// <param name="node">A node with at least one operand that carries samples.</param>
    /// <param name="pass">The walk that receives the converted node.</param>
    /// <returns>False if the operator has no rule, or the rule fails for the node.</returns>
    public static bool TryApply(Node node, BatchOpeningPass pass)
    {
        if (OperatorSchemas.Get(node) is Broadcasting or ParametricRelu)
        {
            return Broadcast(node, pass);
        }

        if (node.Operator == "Concat")
        {
            return Concat(node, pass);
        }

        if (node.Operator == "MatMul")
        {
            return MatMul(node, pass);
        }

        // All others have one operand with samples, the first.
        if (pass.Carrier(node.Inputs[0]) is not { } x || node.Inputs.Skip(1).Any(input => pass.Carrier(input) is not null))
        {
            return false;
        }

        var rank = x.Shape.Rank;
        return node.Operator switch
        {
            "Softmax" or "LogSoftmax" => Along(node, x, Place(node.Attributes.Int("axis", -1), rank), pass),
            "Split" => Along(node, x, Place(node.Attributes.Int("axis"), rank), pass),
            "Transpose" => Transpose(node, x, pass),
            "Slice" => Slice(node, x, pass),
            "Gather" => Gather(node, x, pass),
            "Pad" => Pad(node, x, pass),
            "Tile" => Tile(node, x, pass),
            "Expand" => Expand(node, x, pass),
            _ when OperatorSchemas.Get(node) is Elementwise => Take(node, x.Axis, pass),
            _ when OperatorSchemas.Get(node) is Reduction => Reduce(node, x, pass),
            _ => false,
        };
    }

    private static bool Take(Node node, int axis, BatchOpeningPass pass, params string[] others) =>
        pass.Beside(node.Inputs[0]) is { } x
        && pass.TakeBeside(node with { Inputs = [x, .. others.Length > 0 ? others : node.Inputs.Skip(1)] }, axis);

    private static int Place(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    /// <summary>Returns whether a node may work along an axis: it is not that of several samples.</summary>
    private static bool IsFree(BatchedValue x, int axis, BatchOpeningPass pass) => pass.Batch == 1 || axis != x.Axis;

    private static bool Along(Node node, BatchedValue x, int axis, BatchOpeningPass pass) =>
        IsFree(x, axis, pass) && Take(node with { Attributes = node.Attributes.With("axis", axis + 1) }, x.Axis, pass);

    private static bool Transpose(Node node, BatchedValue x, BatchOpeningPass pass)
    {
        var rank = x.Shape.Rank;
        int[] order =
        [
            .. (node.Attributes.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)]).Select(axis =>
                Place(axis, rank)
            ),
        ];
        return Take(
            node with
            {
                Attributes = node.Attributes.With("perm", [0, .. order.Select(axis => axis + 1L)]),
            },
            Math.Max(0, Array.IndexOf(order, x.Axis)),
            pass
        );
    }

    private static bool Slice(Node node, BatchedValue x, BatchOpeningPass pass)
    {
        var axes = node.InputOrNull(3) is { } given
            ? pass.Integers(given)
            : [.. Enumerable.Range(0, (int)pass.TypeOf(node.Inputs[1]).Shape[0].Size).Select(axis => (long)axis)];
        return axes is not null
            && axes.All(axis => IsFree(x, Place(axis, x.Shape.Rank), pass))
            && Take(
                node,
                x.Axis,
                pass,
                [
                    .. node.Inputs[1..3],
                    pass.Add(node, "axes", [.. axes.Select(axis => Place(axis, x.Shape.Rank) + 1L)]),
                    .. node.Inputs.Skip(4),
                ]
            );
    }

    private static bool Gather(Node node, BatchedValue x, BatchOpeningPass pass)
    {
        var axis = Place(node.Attributes.Int("axis"), x.Shape.Rank);
        var more = pass.TypeOf(node.Inputs[1]).Shape.Rank - 1;
        return IsFree(x, axis, pass)
            && Take(
                node with
                {
                    Attributes = node.Attributes.With("axis", axis + 1),
                },
                pass.Batch == 1 ? 0
                    : x.Axis < axis ? x.Axis
                    : x.Axis + more,
                pass
            );
    }

    private static bool Pad(Node node, BatchedValue x, BatchOpeningPass pass)
    {
        var rank = x.Shape.Rank;
        return pass.Integers(node.Inputs[1]) is { } pads
            && pads.Length == 2 * rank
            && (pass.Batch == 1 || (pads[x.Axis] == 0 && pads[rank + x.Axis] == 0))
            && Take(node, x.Axis, pass, [pass.Add(node, "pads", [0, .. pads[..rank], 0, .. pads[rank..]]), .. node.Inputs.Skip(2)]);
    }

    private static bool Tile(Node node, BatchedValue x, BatchOpeningPass pass) =>
        pass.Integers(node.Inputs[1]) is { } repeats
        && repeats.Length == x.Shape.Rank
        && (pass.Batch == 1 || repeats[x.Axis] == 1)
        && Take(node, x.Axis, pass, pass.Add(node, "repeats", [1, .. repeats]));

    private static bool Expand(Node node, BatchedValue x, BatchOpeningPass pass)
    {
        var shape = pass.TypeOf(node.Output).Shape;
        return shape.IsKnown
            && (pass.Batch == 1 || (shape.Rank == x.Shape.Rank && shape[x.Axis] == x.Shape[x.Axis]))
            && Ranked(node, node.Inputs[0], shape.Rank, pass) is { } ranked
            && pass.TakeBeside(
                node with
                {
                    Inputs = [ranked, pass.Add(node, "sizes", [1, .. new BatchedValue(shape, x.Axis).Sample(pass.Batch).ToSizes()])],
                },
                x.Axis
            );
    }

    private static bool Reduce(Node node, BatchedValue x, BatchOpeningPass pass)
    {
        var rank = x.Shape.Rank;
        var isInput = node.Operator == Reduction.AxesAsInput;
        if (isInput && node.InputOrNull(1) is { } given && pass.Integers(given) is null)
        {
            return false;
        }

        var stated = isInput ? pass.Integers(node.InputOrNull(1)) : node.Attributes.Ints("axes");
        int[] axes = stated is { Length: > 0 } ? [.. stated.Select(axis => Place(axis, rank))] : [.. Enumerable.Range(0, rank)];
        if (!axes.All(axis => IsFree(x, axis, pass)) || node.Attributes.Int("noop_with_empty_axes") != 0)
        {
            return false;
        }

        var moved = axes.Select(axis => axis + 1L).ToImmutableArray();
        var keeps = node.Attributes.Int("keepdims", 1) != 0;
        var axis = keeps || pass.Batch == 1 ? x.Axis : x.Axis - axes.Count(axis => axis < x.Axis);
        return isInput
            ? Take(node, axis, pass, pass.Add(node, "axes", [.. moved]))
            : Take(node with { Attributes = node.Attributes.With("axes", moved) }, axis, pass);
    }

    private static bool Broadcast(Node node, BatchOpeningPass pass)
    {
        var rank = node.Inputs.Max(input => pass.TypeOf(input).Shape.Rank);
        return Axis(node, rank, pass) is { } axis
            && node.Inputs.Select(input => Ranked(node, input, rank, pass)).ToList() is var inputs
            && !inputs.Contains(null)
            && pass.TakeBeside(node with { Inputs = [.. inputs!] }, axis);
    }

    /// <summary>Returns the axis of the samples after broadcasting; null if operands have them at others, or have numbers for each.</summary>
    private static int? Axis(Node node, int rank, BatchOpeningPass pass)
    {
        if (pass.Batch == 1)
        {
            return 0;
        }

        var axes = node.Inputs.Select(pass.Carrier).OfType<BatchedValue>().Select(x => x.Axis + rank - x.Shape.Rank).Distinct().ToList();
        return
            axes is [var axis]
            && node.Inputs.Where(input => pass.Carrier(input) is null)
                .Select(input => pass.TypeOf(input).Shape)
                .All(shape => axis < rank - shape.Rank || shape[axis - rank + shape.Rank] == 1)
            ? axis
            : null;
    }

    /// <summary>Returns the name of a value with as many axes as asked for behind its samples. Constants stay.</summary>
    private static string? Ranked(Node node, string value, int rank, BatchOpeningPass pass)
    {
        if (pass.Carrier(value) is not { } carrier || pass.Beside(value) is not { } beside)
        {
            return pass.Carrier(value) is null ? value : null;
        }

        var missing = rank - carrier.Shape.Rank;
        return missing == 0
            ? beside
            : pass.Add(
                "Unsqueeze",
                [beside, pass.Add(node, "axes", [.. Enumerable.Range(1, missing).Select(axis => (long)axis)])],
                null,
                value + ".ranked"
            );
    }

    private static bool MatMul(Node node, BatchOpeningPass pass)
    {
        var (left, right) = (pass.TypeOf(node.Inputs[0]).Shape, pass.TypeOf(node.Inputs[1]).Shape);

        // A row times a matrix of weights: the samples are the rows of a matrix.
        if (pass.Batch == 1 && left.Rank == 1 && right.Rank == 2 && pass.Carrier(node.Inputs[1]) is null)
        {
            return Take(node, 0, pass);
        }

        var rank = Math.Max(left.Rank, right.Rank);
        if (left.Rank < 2 || right.Rank < 2)
        {
            return false;
        }

        // Several samples must be along an axis of matrices, or be the rows of the left one.
        if (
            pass.Batch > 1
            && (
                node.Inputs.Select(pass.Carrier).OfType<BatchedValue>().Select(x => x.Axis + rank - x.Shape.Rank).Distinct().ToList()
                    is not [var at]
                || !(at < rank - 2 || (at == rank - 2 && pass.Carrier(node.Inputs[1]) is null))
                || (at < rank - 2 && Axis(node, rank, pass) is null)
            )
        )
        {
            return false;
        }

        var axis =
            pass.Batch == 1 ? 0 : node.Inputs.Select(pass.Carrier).OfType<BatchedValue>().Select(x => x.Axis + rank - x.Shape.Rank).First();
        return Ranked(node, node.Inputs[0], rank, pass) is { } one
            && Ranked(node, node.Inputs[1], rank, pass) is { } other
            && pass.TakeBeside(node with { Inputs = [one, other] }, axis);
    }

    /// <summary>Joins values along an axis. Constants become pads of a neighbour, and are added if they are not 0.</summary>
    private static bool Concat(Node node, BatchOpeningPass pass)
    {
        var carriers = node.Inputs.Select(pass.Carrier).ToList();
        var (rank, element) = (carriers.OfType<BatchedValue>().First().Shape.Rank, pass.TypeOf(node.Output).Element);
        var axis = Place(node.Attributes.Int("axis"), rank);
        if (
            carriers.OfType<BatchedValue>().Select(x => x.Axis).Distinct().Count() > 1
            || !carriers.OfType<BatchedValue>().All(x => IsFree(x, axis, pass))
            || !pass.TypeOf(node.Output).Shape.IsKnown
            || node.Inputs.Any(input => pass.Carrier(input) is not null && pass.Beside(input) is null)
        )
        {
            return false;
        }

        var at = carriers.OfType<BatchedValue>().First().Axis;
        var attributes = node.Attributes.With("axis", axis + 1);
        if (!carriers.Contains(null))
        {
            return pass.TakeBeside(
                node with
                {
                    Inputs = [.. node.Inputs.Select(input => pass.Beside(input)!)],
                    Attributes = attributes,
                },
                at
            );
        }

        var sizes = node.Inputs.Select(input => pass.TypeOf(input).Shape[axis].Size).ToArray();
        if (element != ElementType.Float32)
        {
            return false;
        }

        var known = Constants(node, axis, at, sizes, pass);
        if (known is null && pass.Batch > 1)
        {
            return false;
        }

        var operands = new List<string>();
        for (var i = 0; i < sizes.Length; i++)
        {
            if (carriers[i] is not null)
            {
                // The constants before the first value with samples, and those behind each.
                var before = operands.Count == 0 ? sizes[..i].Sum() : 0;
                var behind = sizes.Skip(i + 1).TakeWhile((_, j) => carriers[i + 1 + j] is null).Sum();
                var pads = new long[2 * (rank + 1)];
                (pads[axis + 1], pads[rank + 1 + axis + 1]) = (before, behind);
                var value = pass.Beside(node.Inputs[i])!;
                operands.Add(
                    before + behind == 0 ? value : pass.Add("Pad", [value, pass.Add(node, "pads", pads)], null, node.Inputs[i] + ".padded")
                );
            }
        }

        if (known?.As<float>().ContainsAnyExcept(0f) == false)
        {
            return operands is [var only]
                ? pass.TakeBeside(node with { Operator = "Identity", Inputs = [only], Attributes = Attributes.None }, at)
                : pass.TakeBeside(node with { Inputs = [.. operands], Attributes = attributes }, at);
        }

        var constants = known is null ? Joined(node, axis, pass) : pass.Add(node, "constant", known);
        var joined = operands is [var single] ? single : pass.Add("Concat", [.. operands], attributes, node.Output + ".joined");
        return pass.TakeBeside(node with { Operator = "Add", Inputs = [joined, constants], Attributes = Attributes.None }, at);
    }

    /// <summary>Adds a node that joins constants that are computed from weights, with 0 in the place of values with samples.</summary>
    private static string Joined(Node node, int axis, BatchOpeningPass pass) =>
        pass.Add(
            "Concat",
            [
                .. node.Inputs.Select(input =>
                    pass.Carrier(input) is null ? input : pass.Add(node, "zeros", Zeros(pass.TypeOf(input).Shape))
                ),
            ],
            node.Attributes.With("axis", axis),
            node.Output + ".constant"
        );

    private static TensorData Zeros(Shape shape) => TensorData.Of<float>(new float[shape.ElementCount], shape.ToSizes());

    /// <summary>
    /// Returns the constants of a Concat for one sample, with 0 in the place of values with samples; null if they are not known, or
    /// differ between samples.
    /// </summary>
    private static TensorData? Constants(Node node, int axis, int samples, long[] sizes, BatchOpeningPass pass)
    {
        var shape = new BatchedValue(pass.TypeOf(node.Output).Shape, samples).Sample(pass.Batch).ToSizes();
        var whole = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var (i, first) = (0, 0L); i < sizes.Length; first += sizes[i], i++)
        {
            if (pass.Carrier(node.Inputs[i]) is not null)
            {
                continue;
            }

            if (pass.Constant(node.Inputs[i]) is not { } constant)
            {
                return null;
            }

            var numbers = constant.As<float>();
            var from = constant.Sizes.ToArray();
            foreach (var place in Places.Of(from))
            {
                var number = numbers[(int)Places.Index(place, from)];
                var sample = pass.Batch == 1 ? 0 : place[samples] / shape[samples];
                place[samples] -= pass.Batch == 1 ? 0 : sample * shape[samples];
                place[axis] += first;
                var index = Places.Index(place, shape);
                if (sample > 0 && !whole[index].Equals(number))
                {
                    return null;
                }

                whole[index] = number;
            }
        }

        return TensorData.Of<float>(whole, shape);
    }
}
