using Tacit.Graphs;

namespace Tacit.Conformance.Networks;

/// <content>The steps of networks that move elements through arbitrary shapes.</content>
internal sealed partial class NetworkDrawing
{
    private string _x = "";
    private long[] _sizes = [];

    private void MoveElements()
    {
        var rank = _sizes.Length;
        switch (_draw.Int(0, 15))
        {
            case 0:
                Take("Relu", [_x], Attributes.None, _sizes);
                break;
            case 1:
                Take("Softmax", [_x], Attributes.None.With("axis", AnyAxis()), _sizes);
                break;
            case 2: // a weight that is reshaped in the graph; one of its sizes equals the batch size by coincidence
                var flat = _builder.Initializer("w", Noise(_sizes[^1]));
                var shaped = _builder.Add("Reshape", [flat, _builder.Constant("sizes", [.. Enumerable.Repeat(1L, rank - 1), -1])]);
                Take("Mul", [_x, shaped], Attributes.None, _sizes);
                break;
            case 3:
                var full = _builder.Add("Reshape", [_builder.Initializer("w", Noise(Count(_sizes))), _builder.Constant("sizes", _sizes)]);
                Take("Add", [_x, full], Attributes.None, _sizes);
                break;
            case 4 or 5:
                var order = _draw.Int(0, 2) > 0 ? [0, .. _draw.Order(rank - 1).Select(axis => axis + 1)] : _draw.Order(rank);
                Take("Transpose", [_x], Attributes.None.With("perm", [.. order]), [.. order.Select(axis => _sizes[axis])]);
                break;
            case 6 or 7:
                Reshape(Factors());
                break;
            case 8:
                var axis = _draw.Int(0, rank);
                Take("Flatten", [_x], Attributes.None.With("axis", axis), [Count(_sizes.AsSpan(0, axis)), Count(_sizes.AsSpan(axis))]);
                break;
            case 9:
                var place = _draw.Int(0, rank);
                Take("Unsqueeze", [_x, _builder.Constant("axes", place)], Attributes.None, [.. _sizes[..place], 1, .. _sizes[place..]]);
                break;
            case 10 when Array.FindIndex(_sizes, _draw.Int(0, rank - 1), size => size == 1) is var one and >= 0 && rank > 1:
                Take("Squeeze", [_x, _builder.Constant("axes", one)], Attributes.None, [.. _sizes[..one], .. _sizes[(one + 1)..]]);
                break;
            case 11:
                var along = AnyAxis();
                var more = _builder.Initializer("w", Noise(Count(_sizes)));
                var other = _builder.Add("Reshape", [more, _builder.Constant("sizes", _sizes)]);
                Take(
                    "Concat",
                    [_x, _draw.Int(0, 1) > 0 ? _x : other],
                    Attributes.None.With("axis", along),
                    [.. _sizes.Select((size, i) => i == along ? 2 * size : size)]
                );
                break;
            case 12:
                var cut = AnyAxis();
                var backwards = _draw.Int(0, 1) > 0;
                Take(
                    "Slice",
                    [
                        _x,
                        _builder.Constant("starts", backwards ? -1 : 0),
                        _builder.Constant("ends", backwards ? int.MinValue : int.MaxValue),
                        _builder.Constant("axes", cut),
                        _builder.Constant("steps", backwards ? -1 : 1),
                    ],
                    Attributes.None,
                    _sizes
                );
                break;
            case 13:
                var reduced = AnyAxis();
                Take(
                    "ReduceMean",
                    [_x],
                    Attributes.None.With("axes", [reduced]).With("keepdims", 1),
                    [.. _sizes.Select((size, i) => i == reduced ? 1 : size)]
                );
                break;
            case 14:
                var columns = Size();
                Take("MatMul", [_x, _builder.Initializer("w", Noise(_sizes[^1], columns))], Attributes.None, [.. _sizes[..^1], columns]);
                break;
            case 15:
                var picked = AnyAxis();
                Take(
                    "Gather",
                    [_x, _builder.Constant("indices", [.. Enumerable.Range(0, (int)_sizes[picked]).Select(i => (long)i).Reverse()])],
                    Attributes.None.With("axis", picked),
                    _sizes
                );
                break;
            default:
                Take("Add", [_x, _x], Attributes.None, _sizes);
                break;
        }

        if (_sizes.Length is 0 or > 5 || Count(_sizes) > 4096)
        {
            var first = Count(_sizes) % _batch!.Value == 0 ? _batch.Value : 1;
            Reshape([first, Count(_sizes) / first]);
        }
    }

    private void Reshape(long[] sizes)
    {
        var stated = sizes.ToArray();
        if (_draw.Int(0, 1) > 0)
        {
            stated[_draw.Int(0, stated.Length - 1)] = -1;
        }

        Take("Reshape", [_x, _builder.Constant("sizes", stated)], Attributes.None, sizes);
    }

    // Sizes with the same number of elements: two neighbours merged or one divided, often after the batch.
    private long[] Factors()
    {
        var count = Count(_sizes);
        var batch = _batch!.Value;
        var first = _draw.Int(0, 2) > 0 && count % batch == 0 ? batch : 1;
        var second = new[] { 1L, 2, 3, batch }.Where(size => count / first % size == 0).ToArray() is var fits
            ? fits[_draw.Int(0, fits.Length - 1)]
            : 1;
        return [first, second, count / first / second];
    }

    private void Take(string @operator, string[] inputs, Attributes attributes, long[] sizes) =>
        (_x, _sizes) = (_builder.Add(@operator, inputs, attributes), sizes);

    private int AnyAxis() => _draw.Int(0, _sizes.Length - 1);

    private long Size() => new[] { _batch!.Value, 1, 2, 3, 4 }[_draw.Int(0, 4)];

    private static long Count(ReadOnlySpan<long> sizes)
    {
        var count = 1L;
        foreach (var size in sizes)
        {
            count *= size;
        }

        return count;
    }

    private TensorData Noise(params long[] sizes) => _draw.Floats(-1, 1, sizes);
}
