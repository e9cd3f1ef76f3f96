namespace Tacit.Graphs.Tests.Passes;

/// <summary>A random network fixed to a batch of 1 to 3, whose other sizes often equal the batch size. It may mix samples.</summary>
internal sealed class FixedBatchNetwork
{
    private readonly Random _random;
    private readonly GraphBuilder _builder = new("fixed");
    private readonly long _batch;
    private string _x;
    private long[] _sizes;

    private FixedBatchNetwork(int seed)
    {
        _random = new Random(seed);
        _batch = _random.Next(1, 4);
        _sizes = [_batch, Size(), Size(), Size()];
        _x = _builder.Input("x", Shape.Of(_sizes));
    }

    public static Model Of(int seed, int steps)
    {
        var network = new FixedBatchNetwork(seed);
        for (var step = 0; step < steps; step++)
        {
            network.Step();
        }

        network._builder.Output(network._x, Shape.Of(network._sizes));
        return network._builder.Build();
    }

    private void Step()
    {
        var rank = _sizes.Length;
        switch (_random.Next(16))
        {
            case 0:
                Take("Relu", [_x], Attributes.None, _sizes);
                break;
            case 1:
                Take("Softmax", [_x], Attributes.None.With("axis", Axis()), _sizes);
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
                int[] order = [.. Enumerable.Range(0, rank)];
                _random.Shuffle(order.AsSpan(_random.Next(3) > 0 ? Math.Min(1, rank) : 0));
                Take(
                    "Transpose",
                    [_x],
                    Attributes.None.With("perm", [.. order.Select(axis => (long)axis)]),
                    [.. order.Select(axis => _sizes[axis])]
                );
                break;
            case 6 or 7:
                Reshape(Factors());
                break;
            case 8:
                var axis = _random.Next(rank + 1);
                Take("Flatten", [_x], Attributes.None.With("axis", axis), [Count(_sizes.AsSpan(0, axis)), Count(_sizes.AsSpan(axis))]);
                break;
            case 9:
                var place = _random.Next(rank + 1);
                Take("Unsqueeze", [_x, _builder.Constant("axes", place)], Attributes.None, [.. _sizes[..place], 1, .. _sizes[place..]]);
                break;
            case 10 when Array.FindIndex(_sizes, _random.Next(rank), size => size == 1) is var one and >= 0 && rank > 1:
                Take("Squeeze", [_x, _builder.Constant("axes", one)], Attributes.None, [.. _sizes[..one], .. _sizes[(one + 1)..]]);
                break;
            case 11:
                var along = Axis();
                var more = _builder.Initializer("w", Noise(Count(_sizes))).ToString();
                var other = _builder.Add("Reshape", [more, _builder.Constant("sizes", _sizes)]);
                Take(
                    "Concat",
                    [_x, _random.Next(2) > 0 ? _x : other],
                    Attributes.None.With("axis", along),
                    [.. _sizes.Select((size, i) => i == along ? 2 * size : size)]
                );
                break;
            case 12:
                var cut = Axis();
                var backwards = _random.Next(2) > 0;
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
                var reduced = Axis();
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
                var picked = Axis();
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
            var first = Count(_sizes) % _batch == 0 ? _batch : 1;
            Reshape([first, Count(_sizes) / first]);
        }
    }

    private void Reshape(long[] sizes)
    {
        var stated = sizes.ToArray();
        if (_random.Next(2) > 0)
        {
            stated[_random.Next(stated.Length)] = -1;
        }

        Take("Reshape", [_x, _builder.Constant("sizes", stated)], Attributes.None, sizes);
    }

    // Sizes with the same number of elements: two neighbours merged or one divided, often after the batch.
    private long[] Factors()
    {
        var count = Count(_sizes);
        var first = _random.Next(3) > 0 && count % _batch == 0 ? _batch : 1;
        var second = new[] { 1L, 2, 3, _batch }.Where(size => count / first % size == 0).ToArray() is var fits
            ? fits[_random.Next(fits.Length)]
            : 1;
        return [first, second, count / first / second];
    }

    private void Take(string @operator, string[] inputs, Attributes attributes, long[] sizes) =>
        (_x, _sizes) = (_builder.Add(@operator, inputs, attributes), sizes);

    private int Axis() => _random.Next(_sizes.Length);

    private long Size() => new[] { _batch, 1, 2, 3, 4 }[_random.Next(5)];

    private static long Count(ReadOnlySpan<long> sizes)
    {
        var count = 1L;
        foreach (var size in sizes)
        {
            count *= size;
        }

        return count;
    }

    private TensorData Noise(params long[] sizes) =>
        TensorData.Of<float>([.. Enumerable.Range(0, (int)Count(sizes)).Select(_ => (_random.NextSingle() * 2) - 1)], sizes);
}
