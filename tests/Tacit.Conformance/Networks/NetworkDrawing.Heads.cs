using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Conformance.Networks;

/// <content>The means and linear layers at the end of convolutional networks, in the spellings of exporters.</content>
internal sealed partial class NetworkDrawing
{
    private string Mean(Image x, bool keep)
    {
        if (_draw.Bool())
        {
            return Add(
                _draw.Pick("ReduceMean", "ReduceMean", "ReduceMax"),
                [x.Name],
                Attributes.None.With("axes", [.. Axes(2, 3)]).With("keepdims", keep ? 1 : 0)
            );
        }

        var pooled = ToLast(Add("GlobalAveragePool", [ToFirst(x.Name)]));
        return keep ? pooled : Flat(pooled, x.C, isPixel: true);
    }

    // A matrix N x C of a value with C elements in each sample.
    private string Flat(string value, int count, bool isPixel)
    {
        switch (_draw.Int(0, 6))
        {
            case 0:
                return Add("Flatten", [value]);
            case 1:
                return Add("Reshape", [value, Integers(Rows(isRest: true), count)]);
            case 2:
                return Add("Reshape", [value, Integers(Rows(isRest: false), -1)]);
            case 3 when isPixel:
                return Add("Squeeze", [value, Integers(_last ? [1, 2] : [2, 3])]);
            case 4 when isPixel && !_last:
                return Add("Squeeze", [Add("Squeeze", [value, Integers(3)]), Integers(-1)]);
            case 5 when _batch is 1:
                return Add("Flatten", [value], With("axis", 0));
            default:
                return Add("Reshape", [value, ReshapeSizes(value, _draw.Bool() ? count : -1)]);
        }
    }

    private (string Value, int Count) Linear(string rows, int inputs, int outputs)
    {
        string Bias() => Floats(-0.2f, 0.2f, outputs);
        var value = _draw.Int(0, 5) switch
        {
            0 => Add("MatMul", [rows, Weights(2, inputs, inputs, outputs)]),
            1 or 2 => Add("Add", Shuffled(Add("MatMul", [rows, Weights(2, inputs, inputs, outputs)]), Bias())),
            3 => Add(
                "Gemm",
                [rows, Weights(2, inputs, inputs, outputs), Floats(-0.2f, 0.2f, _draw.Pick<long[]>([outputs], [1, outputs], [1], []))],
                Attributes.None.With("alpha", 0.5f).With("beta", 2f)
            ),
            4 => Add("Gemm", [rows, Weights(2, inputs, outputs, inputs)], With("transB", 1)),
            _ => Add("Gemm", [rows, Weights(2, inputs, outputs, inputs), Bias()], With("transB", 1)),
        };
        return (value, outputs);
    }

    private (string Value, long[] Sizes) Head(Image x)
    {
        string rows;
        int count;
        switch (_draw.Int(0, 6))
        {
            case 0:
                (rows, count) = (Flat(x.Name, x.Count, isPixel: false), x.Count);
                break;
            case 1:
                var logits = Pointwise(Mean(x, keep: true), x.C, 6);
                return Last(Flat(logits, 6, isPixel: true), 6);
            case 2 when !_last:
                return (Pointwise(x.Name, x.C, 3), [-1, 3, x.H, x.W]);
            default:
                (rows, count) = (Mean(x, keep: false), x.C);
                break;
        }

        if (_draw.Int(0, 3) == 0)
        {
            (rows, count) = Linear(rows, count, 8);
            rows = Add("Relu", [rows]);
        }

        (rows, count) = Linear(rows, count, 6);
        return Last(rows, count);
    }

    private (string Value, long[] Sizes) Last(string rows, int count) =>
        _draw.Int(0, 9) switch
        {
            0 => (Add("Softmax", [rows], With("axis", 1)), [-1, count]),
            1 when _batch is 1 => (Add("Squeeze", [rows, Integers(0)]), [count]),
            2 when _batch is 1 => (Add("Reshape", [rows, Integers(count)]), [count]),
            3 when _batch is 1 => (Add("Softmax", [Add("Squeeze", [rows, Integers(0)])], With("axis", 0)), [count]),
            4 => (Add("Reshape", [rows, Integers(-1, 2)]), [-count / 2, 2]),
            5 when _batch is { } batch => (Add("Concat", [rows, Floats(-1, 1, batch, 2)], With("axis", 1)), [-1, count + 2]),
            _ => (rows, [-1, count]),
        };
}
