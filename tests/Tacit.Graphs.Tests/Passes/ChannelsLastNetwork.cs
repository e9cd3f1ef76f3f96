using System.Collections.Immutable;

namespace Tacit.Graphs.Tests.Passes;

// A random network as TensorFlow's exporters write it: images N x H x W x C, with a Transpose before and after each operator that requires
// channels first.
internal sealed class ChannelsLastNetwork
{
    private readonly Random _random;
    private readonly GraphBuilder _builder = new("nhwc");
    private readonly List<(string Value, int Height, int Width, int Channels)> _images = [];

    private ChannelsLastNetwork(int seed) => _random = new Random(seed);

    public static Model Of(int seed, int blocks) => new ChannelsLastNetwork(seed).Build(blocks);

    public static string ToFirst(GraphBuilder builder, string value) =>
        builder.Add("Transpose", [value], Attributes.None.With("perm", [0, 3, 1, 2]));

    public static string ToLast(GraphBuilder builder, string value) =>
        builder.Add("Transpose", [value], Attributes.None.With("perm", [0, 2, 3, 1]));

    private Model Build(int blocks)
    {
        var (height, width) = (_random.Next(3, 8), _random.Next(3, 8));
        _images.Add((_builder.Input("x", new("N", height, width, 3)), height, width, 3));
        for (var i = 0; i < blocks; i++)
        {
            var from = _images[_random.Next(Math.Max(0, _images.Count - 3), _images.Count)];
            _images.Add(Block(from.Value, from.Height, from.Width, from.Channels));
        }

        var (value, h, w, c) = _images[^1];
        Head(value, h, w, c);
        return _builder.Build();
    }

    private (string, int, int, int) Block(string x, int h, int w, int c)
    {
        switch (_random.Next(14))
        {
            case 0 or 1:
                var outputs = _random.Next(1, 6);
                return (Convolution(x, c, outputs), h, w, outputs);
            case 2:
                return (
                    _builder.Add(
                        Pick("Add", "Mul", "Sub", "Max"),
                        Shuffled(x, Constant(Pick([c], [1, 1, c], [1, 1, 1, c], [1], [], [w, 1], [h, 1, 1])))
                    ),
                    h,
                    w,
                    c
                );
            case 3:
                return (_builder.Add(Pick("Relu", "Sigmoid", "HardSigmoid", "Abs", "Tanh"), [x]), h, w, c);
            case 4:
                return (_builder.Add("Clip", [x, Scalar(-1f), Scalar(1f)]), h, w, c);
            case 5:
                var pads = Enumerable.Range(0, 6).Select(_ => (long)_random.Next(2)).ToArray();
                var padded = _builder.Add(
                    "Pad",
                    [x, _builder.Constant("pads", 0, pads[0], pads[1], pads[2], 0, pads[3], pads[4], pads[5])]
                );
                return (padded, h + (int)(pads[0] + pads[3]), w + (int)(pads[1] + pads[4]), c + (int)(pads[2] + pads[5]));
            case 6:
                var partner = _images.Last(image => (image.Height, image.Width) == (h, w));
                return (_builder.Add("Concat", [x, partner.Value], Attributes.None.With("axis", Pick(3, -1))), h, w, c + partner.Channels);
            case 7:
                var same = _images.Last(image => (image.Height, image.Width, image.Channels) == (h, w, c));
                return (_builder.Add(Pick("Add", "Mul", "Min"), [x, same.Value]), h, w, c);
            case 8:
                return (_builder.Add("Mul", [x, _builder.Add("Sigmoid", [Convolution(Mean(x, keep: true), c, c)])]), h, w, c);
            case 9 when h > 2:
                return (
                    _builder.Add(
                        "Slice",
                        [x, _builder.Constant("starts", 1), _builder.Constant("ends", h), _builder.Constant("axes", Pick(1, -3))]
                    ),
                    h - 1,
                    w,
                    c
                );
            case 10 when c > 1:
                var (left, right) = (_builder.Unique("left"), _builder.Unique("right"));
                _builder.Add(
                    new Node(left, "Split", [x, _builder.Constant("parts", 1, c - 1)], [left, right], Attributes.None.With("axis", 3))
                );
                return (_builder.Add("Concat", [right, left], Attributes.None.With("axis", 3)), h, w, c);
            case 11:
                return (_builder.Add("Softmax", [x], Attributes.None.With("axis", Pick(-1, 3, 2))), h, w, c);
            case 12:
                // A squeeze-and-excitation block with a matrix product.
                var gate = _builder.Add("Reshape", [Mean(x, keep: false), _builder.Constant("sizes", -1, 1, 1, c)]);
                return (_builder.Add("Mul", [x, Convolution(gate, c, c)]), h, w, c);
            case 13 when h > 1 && w > 1:
                var window = Attributes.None.With("kernel_shape", [2, 2]).With("strides", [2, 2]);
                return (ToLast(_builder, _builder.Add(Pick("MaxPool", "AveragePool"), [ToFirst(_builder, x)], window)), h / 2, w / 2, c);
            default:
                return (Convolution(x, c, c), h, w, c);
        }
    }

    private void Head(string x, int h, int w, int c)
    {
        var (rows, features) = _random.Next(5) switch
        {
            0 => (Mean(x, keep: false), c),
            1 => (_builder.Add("Squeeze", [Mean(x, keep: true), _builder.Constant("axes", 1, 2)]), c),
            2 => (_builder.Add("Reshape", [Mean(x, keep: true), _builder.Constant("sizes", 0, -1)]), c),
            3 => (_builder.Add("Flatten", [x]), h * w * c),
            _ => (_builder.Add("Reshape", [x, _builder.Constant("sizes", -1, h * w * c)]), h * w * c),
        };
        var logits = _builder.Add("Add", [_builder.Add("MatMul", [rows, Constant([features, 3])]), Constant([3])], name: "y");
        _builder.Output(logits, new("N", 3));
        if (_random.Next(4) == 0)
        {
            _builder.Output(
                _images[_random.Next(1, _images.Count)] is var (value, height, width, channels) ? value : "",
                new("N", height, width, channels)
            );
        }
    }

    private string Convolution(string x, int c, int outputs) =>
        ToLast(_builder, _builder.Add("Conv", [ToFirst(_builder, x), Constant([outputs, c, 1, 1])]));

    private string Mean(string x, bool keep) =>
        _builder.Add(
            Pick("ReduceMean", "ReduceMax"),
            [x],
            Attributes.None.With("axes", ImmutableArray.Create(Pick([1, 2], [-3, -2]))).With("keepdims", keep ? 1 : 0)
        );

    private string[] Shuffled(string one, string other) => _random.Next(2) == 0 ? [one, other] : [other, one];

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private long[] Pick(params long[][] choices) => choices[_random.Next(choices.Length)];

    private string Scalar(float value) => _builder.Initializer("bound", TensorData.Scalar(value), WeightRole.Constant);

    private string Constant(params long[] sizes)
    {
        var elements = new float[sizes.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = _random.NextSingle() - 0.4f;
        }

        return _builder.Initializer("weight", sizes.Length == 0 ? TensorData.Scalar(elements[0]) : TensorData.Of<float>(elements, sizes));
    }
}
