using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Conformance.Networks;

/// <summary>Draws a random network step by step.</summary>
/// <remarks>
/// The value of the moment is an image of C channels in the axis order of the network. In half of the networks with channels last, as
/// in TensorFlow, each operator that needs channels first stands between two Transposes.
/// </remarks>
internal sealed partial class NetworkDrawing
{
    private const int MostElements = 6_000;

    private readonly RandomNetworkKind _kind;
    private readonly GraphBuilder _builder = new("random");
    private readonly List<Image> _images = [];
    private readonly List<(string Value, long[] Sizes)> _outputs = [];
    private readonly long? _batch; // null: open
    private readonly bool _last;
    private Draw _draw;

    /// <summary>Draws the settings.</summary>
    public NetworkDrawing(int seed, RandomNetworkKind kind)
    {
        (_kind, _draw) = (kind, new Draw(seed));
        if (kind == RandomNetworkKind.Shapes)
        {
            _batch = _draw.Int(1, 3);
            _sizes = [_batch.Value, Size(), Size(), Size()];
            _x = _builder.Input("x", Shape.Of(_sizes));
            return;
        }

        _batch = _draw.Pick<long?>(null, null, null, 1, 1, 1, 2, 4);
        _last = _draw.Int(0, 3) == 0;
        var (c, h, w) = (_draw.Pick(3, 3, 3, 1, 4), _draw.Int(5, 12), _draw.Int(5, 12));
        _images.Add(new Image(_builder.Input("x", Declared(Sizes(c, h, w))), c, h, w));
        if (c == 1)
        {
            // The mean of a noise image is 0, and a network of a mean alone would compute nothing but rounding errors.
            _images.Add(Block(Current, 4));
        }
    }

    private sealed record Image(string Name, int C, int H, int W)
    {
        public int Count => C * H * W;
    }

    private Image Current => _images[^1];

    /// <summary>Draws the steps and the head. An instance can build only once.</summary>
    public Model Build(ImmutableArray<int> steps, int? head)
    {
        foreach (var seed in steps)
        {
            _draw = new Draw(seed);
            if (_kind == RandomNetworkKind.Shapes)
            {
                MoveElements();
            }
            else if (Step() is var image && image.Count <= MostElements)
            {
                _images.Add(image);
            }
        }

        if (_kind == RandomNetworkKind.Shapes)
        {
            _builder.Output(_x, Shape.Of(_sizes));
            return _builder.Build();
        }

        _draw = new Draw(head ?? 0);
        var (value, sizes) = head is null ? (Current.Name, Sizes(Current)) : Head(Current);
        if (_images.Count == 1 && head is null)
        {
            value = Add("Relu", [value]);
        }

        foreach (var output in _outputs.Prepend((value, sizes)).DistinctBy(output => output.Item1))
        {
            _builder.Output(output.Item1, Declared(output.Item2));
        }

        return _builder.Build();
    }

    // The first size of -1 stands for the batch, and of -k for k rows of each sample.
    private Shape Declared(long[] sizes) =>
        new([
            .. sizes.Select(size =>
                size > 0 ? new Dimension(size)
                : _batch is { } batch ? new Dimension(-size * batch)
                : size == -1 ? new Dimension("N")
                : new Dimension("rows")
            ),
        ]);

    private long[] Sizes(Image image) => Sizes(image.C, image.H, image.W);

    // The batch is -1.
    private long[] Sizes(int c, int h, int w) => Ordered<long>(-1, c, h, w);

    // Four numbers for batch, channels, rows and columns in the axis order of the network.
    private T[] Ordered<T>(T n, T c, T h, T w) => _last ? [n, h, w, c] : [n, c, h, w];

    /// <summary>An axis, given for channels first, in the axis order of the network, sometimes counted from the end.</summary>
    private long Axis(int axis, int rank = 4)
    {
        var place = Ordered(0, 1, 2, 3);
        long at = rank == 4 ? Array.IndexOf(place, axis) : axis;
        return _draw.Int(0, 3) == 0 ? at - rank : at;
    }

    private long[] Axes(params int[] axes) => [.. axes.Select(axis => Axis(axis))];

    /// <summary>The batch as exporters write it among the sizes of a Reshape.</summary>
    private long Rows(bool isRest = true) =>
        (_batch, isRest) switch
        {
            (null, true) => _draw.Pick(0, -1),
            (null, false) => 0,
            ({ } batch, true) => _draw.Pick(batch, batch, 0, -1),
            ({ } batch, false) => _draw.Pick(batch, batch, 0),
        };

    /// <summary>The sizes of a Reshape: constant, or computed from the shape of a value.</summary>
    private string ReshapeSizes(string value, params long[] behind)
    {
        if (_draw.Int(0, 2) > 0)
        {
            var isRest = !behind.Contains(-1);
            return Integers([Rows(isRest), .. behind]);
        }

        var shape = Add("Shape", [value]);
        var first =
            _draw.Bool() ? Add("Gather", [shape, Integers(0)], With("axis", 0))
            : _draw.Bool() ? Add("Unsqueeze", [Add("Gather", [shape, Whole(0)], With("axis", 0)), Integers(0)])
            : Add("Slice", [shape, Integers(0), Integers(1), Integers(0)]);
        return Add("Concat", [first, .. behind.Select(size => Integers(size))], With("axis", 0));
    }

    private string ToFirst(string value) => _last ? Add("Transpose", [value], Perm(0, 3, 1, 2)) : value;

    private string ToLast(string value) => _last ? Add("Transpose", [value], Perm(0, 2, 3, 1)) : value;

    private static Attributes Perm(params long[] axes) => Attributes.None.With("perm", [.. axes]);

    private static Attributes With(string name, long value) => Attributes.None.With(name, value);

    private string Add(string @operator, string[] inputs, Attributes? attributes = null) => _builder.Add(@operator, inputs, attributes);

    private string[] Split(string @operator, string[] inputs, Attributes attributes, int count)
    {
        string[] outputs = [.. Enumerable.Range(0, count).Select(_ => _builder.Unique("part"))];
        _builder.Add(new Node(outputs[0], @operator, [.. inputs], [.. outputs], attributes));
        return outputs;
    }

    private string Integers(params long[] values) => _builder.Constant("integers", values);

    private string Whole(long value) => _builder.Initializer("index", TensorData.Scalar(value), WeightRole.Constant);

    private string Number(float value) =>
        _builder.Initializer(
            "number",
            _draw.Bool() ? TensorData.Scalar(value) : TensorData.Of<float>([value], 1),
            _draw.Pick(WeightRole.Constant, WeightRole.Parameter)
        );

    private string[] Shuffled(string one, string other) => _draw.Bool() ? [one, other] : [other, one];

    private string Floats(float least, float greatest, params long[] sizes) =>
        _builder.Initializer(
            "w",
            sizes.Length == 0 ? TensorData.Scalar(_draw.Float(least, greatest)) : _draw.Floats(least, greatest, sizes)
        );

    /// <summary>Weights with a variance of gain / inputs, as initializers or brought to their shape by nodes.</summary>
    private string Weights(float gain, int inputs, params long[] sizes)
    {
        var bound = MathF.Sqrt(3 * gain / inputs);
        string Initializer(params long[] shape) => Floats(-bound, bound, shape);
        switch (_draw.Int(0, 11))
        {
            case 0:
                var order = _draw.Order(sizes.Length);
                var stored = new long[sizes.Length];
                for (var axis = 0; axis < order.Length; axis++)
                {
                    stored[order[axis]] = sizes[axis];
                }

                return Add("Transpose", [Initializer(stored)], Perm(order));
            case 1:
                return Add("Reshape", [Initializer(sizes.Aggregate(1L, (a, b) => a * b)), Integers([.. sizes[..^1], -1])]);
            case 2:
                return Add("Identity", [Initializer(sizes)]);
            case 3 when sizes.Length == 4 && inputs > 1: // weight standardisation
                var raw = Initializer(sizes);
                var axes = Attributes.None.With("axes", [1, 2, 3]);
                var centred = Add("Sub", [raw, Add("ReduceMean", [raw], axes)]);
                var variance = Add("ReduceMean", [Add("Mul", [centred, centred])], axes);
                var deviation = Add("Sqrt", [Add("Add", [variance, Number(1e-4f)])]);
                return Add("Div", [centred, Add("Mul", [deviation, Number(MathF.Sqrt(inputs))])]);
            case 4:
                return Add("Mul", [Initializer(sizes), Floats(0.8f, 1.2f, [sizes[0], .. Enumerable.Repeat(1L, sizes.Length - 1)])]);
            default:
                return Initializer(sizes);
        }
    }

    /// <summary>One number for each channel, in a shape that broadcasts to images, given directly or brought to it by a node.</summary>
    private string PerChannel(float least, float greatest, int c)
    {
        if (_last)
        {
            return Floats(least, greatest, _draw.Pick<long[]>([c], [c], [1, 1, c], [1, 1, 1, c]));
        }

        return _draw.Int(0, 6) switch
        {
            0 => Add(
                "Reshape",
                [Floats(least, greatest, c), Integers(_draw.Pick<long[]>([1, c, 1, 1], [1, -1, 1, 1], [-1, 1, 1], [c, 1, 1]))]
            ),
            1 => Add("Unsqueeze", [Floats(least, greatest, c), Integers(_draw.Pick<long[]>([0, 2, 3], [1, 2], [-1, -2]))]),
            2 => Add("Unsqueeze", [Add("Unsqueeze", [Floats(least, greatest, c), Integers(1)]), Integers(2)]),
            3 => Floats(least, greatest, 1, c, 1, 1),
            _ => Floats(least, greatest, c, 1, 1),
        };
    }
}
