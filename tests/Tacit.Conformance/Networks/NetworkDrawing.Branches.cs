using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Conformance.Networks;

/// <content>The steps of convolutional networks that leave the chain: branches, gates, tokens and constants.</content>
internal sealed partial class NetworkDrawing
{
    // Channels cut in two, one part changed, and both joined, as in ShuffleNet and CSP networks.
    private Image Halves(Image x)
    {
        var first = _draw.Bool() && x.C % 2 == 0 ? x.C / 2 : _draw.Int(1, x.C - 1);
        string left,
            right;
        if (_draw.Bool())
        {
            string[] sizes = first * 2 == x.C && _draw.Bool() ? [] : [Integers(first, x.C - first)];
            var parts = Split("Split", [x.Name, .. sizes], With("axis", Axis(1)), 2);
            (left, right) = (parts[0], parts[1]);
        }
        else
        {
            left = Add("Slice", [x.Name, Integers(0), Integers(first), Integers(Axis(1))]);
            right = Add(
                "Slice",
                [x.Name, Integers(first), Integers(_draw.Pick<long>(x.C, int.MaxValue, long.MaxValue)), Integers(Axis(1))]
            );
        }

        var changed = _draw.Bool() ? Block(x with { Name = right, C = x.C - first }, x.C - first).Name : right;
        return _draw.Int(0, 4) == 0
            ? x with
            {
                Name = changed,
                C = x.C - first,
            }
            : x with
            {
                Name = Add("Concat", Shuffled(left, changed), With("axis", Axis(1))),
            };
    }

    private Image Shuffle(Image x)
    {
        var (groups, each) = (_draw.Bool() ? 2 : x.C / 2, 0);
        each = x.C / groups;
        if (_last)
        {
            var divided = Add("Reshape", [x.Name, ReshapeSizes(x.Name, x.H, x.W, groups, each)]);
            var swapped = Add("Transpose", [divided], Perm(0, 1, 2, 4, 3));
            return x with { Name = Add("Reshape", [swapped, ReshapeSizes(x.Name, x.H, x.W, x.C)]) };
        }

        var apart = Add("Reshape", [x.Name, ReshapeSizes(x.Name, groups, each, x.H, x.W)]);
        var turned = Add("Transpose", [apart], Perm(0, 2, 1, 3, 4));
        return x with { Name = Add("Reshape", [turned, ReshapeSizes(x.Name, _draw.Bool() ? -1 : x.C, x.H, x.W)]) };
    }

    // view(b * c // 2, 2, h * w).permute(1, 0, 2).reshape(2, -1, c // 2, h, w), which has the batch among the channels.
    private Image FoldedShuffle(Image x)
    {
        var batch = _batch!.Value;
        var pairs = Add("Reshape", [x.Name, Integers(batch * x.C / 2, 2, x.H * x.W)]);
        var halves = Add("Reshape", [Add("Transpose", [pairs], Perm(1, 0, 2)), Integers(2, -1, x.C / 2, x.H, x.W)]);
        var (even, odd) = (Add("Gather", [halves, Whole(0)], With("axis", 0)), Add("Gather", [halves, Whole(1)], With("axis", 0)));
        var half = x with { C = x.C / 2 };
        return x with { Name = Add("Concat", Shuffled(even, Block(half with { Name = odd }, half.C).Name), With("axis", 1)) };
    }

    // Squeeze and excitation.
    private Image Gate(Image x)
    {
        var (c, inner) = (x.C, _draw.Pick(2, 4));
        string gate;
        if (_draw.Bool())
        {
            var pooled = Mean(x, keep: true);
            gate = Pointwise(Add("Relu", [Pointwise(pooled, c, inner)]), inner, c);
        }
        else
        {
            var rows = Add("Relu", [Linear(Mean(x, keep: false), c, inner).Value]);
            var flat = Linear(rows, inner, c).Value;
            gate = (_draw.Int(0, 2), _last) switch
            {
                (0, false) => Add("Unsqueeze", [flat, Integers(2, 3)]),
                (0, true) => Add("Unsqueeze", [flat, Integers(1, 2)]),
                _ => Add("Reshape", [flat, ReshapeSizes(flat, Ordered<long>(0, c, 1, 1)[1..])]),
            };
        }

        var open = Add(_draw.Pick("Sigmoid", "HardSigmoid"), [gate]);
        return x with { Name = Add("Mul", Shuffled(x.Name, open)) };
    }

    // Positions as rows of a matrix, through a linear layer, and back.
    private Image Tokens(Image x)
    {
        var (c, positions) = (x.C, x.H * x.W);
        if (_last)
        {
            var last = Add("Reshape", [x.Name, ReshapeSizes(x.Name, positions, c)]);
            return x with { Name = Add("Reshape", [Layer(last), ReshapeSizes(x.Name, x.H, x.W, c)]) };
        }

        var rows = Add("Transpose", [Add("Reshape", [x.Name, ReshapeSizes(x.Name, c, positions)])], Perm(0, 2, 1));
        if (_draw.Int(0, 3) == 0)
        {
            var attention = Add("Softmax", [Add("MatMul", [rows, Add("Transpose", [rows], Perm(0, 2, 1))])], With("axis", -1));
            rows = Add("MatMul", [attention, rows]);
        }
        else
        {
            rows = Layer(rows);
        }

        return x with
        {
            Name = Add("Reshape", [Add("Transpose", [rows], Perm(0, 2, 1)), ReshapeSizes(x.Name, c, x.H, x.W)]),
        };

        string Layer(string value) =>
            Add(
                "Add",
                Shuffled(Add("MatMul", [value, Weights(2, c, c, c)]), Floats(-0.2f, 0.2f, _draw.Pick<long[]>([c], [1, c], [1, 1, c])))
            );
    }

    // A Concat with constant channels, such as coordinates. The constant has the size of the batch.
    private Image WithConstantChannels(Image x)
    {
        var more = _draw.Int(1, 3);
        if (_batch is not { } batch)
        {
            return Constant(x) is var scaled ? x with { Name = scaled } : x;
        }

        var sizes = Ordered(batch, more, x.H, x.W);
        var constant = _draw.Bool() ? Add("ConstantOfShape", [Integers(sizes)]) : Floats(-1, 1, sizes);
        return x with { Name = Add("Concat", Shuffled(x.Name, constant), With("axis", Axis(1))), C = x.C + more };
    }

    // A batch of 1 leaves and comes back, which is possible only where there is one sample.
    private Image OutOfTheBatch(Image x)
    {
        var sizes = Sizes(x)[1..];
        switch (_draw.Int(0, 2))
        {
            case 0:
                var single = Add("Squeeze", [x.Name, Integers(0)]);
                var turned = Add(_draw.Pick("Relu", "Tanh"), [single]);
                return x with { Name = Add("Unsqueeze", [turned, Integers(0)]) };
            case 1:
                var shape = Add("Reshape", [x.Name, Integers(sizes)]);
                var softmax = Add("Softmax", [shape], With("axis", 0));
                return x with { Name = Add("Reshape", [softmax, Integers([1, .. sizes])]) };
            default:
                var flat = Add("Reshape", [x.Name, Integers(-1)]);
                var scaled = Add("Mul", [flat, Floats(0.5f, 1.5f, x.Count)]);
                return x with { Name = Add("Reshape", [scaled, Integers([-1, .. sizes])]) };
        }
    }
}
