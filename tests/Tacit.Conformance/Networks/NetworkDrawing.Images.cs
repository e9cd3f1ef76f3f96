using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Conformance.Networks;

/// <content>The steps of convolutional networks.</content>
internal sealed partial class NetworkDrawing
{
    private Image Step()
    {
        var x = Current;
        var (c, h, w) = (x.C, x.H, x.W);
        switch (_draw.Int(0, 26))
        {
            case 0 or 1 or 2 or 3:
                return Block(x, _draw.Pick(2, 4, 6, 8), stride: _draw.Pick(1, 1, 2));
            case 4:
                return Block(x, c, depthwise: true);
            case 5 or 6:
                var branch = Norm(Convolution(Block(x, _draw.Pick(c, 4, 6)), c, group: 1));
                return Activation(branch with { Name = Add("Add", Shuffled(branch.Name, x.Name)) });
            case 7:
                var other = _draw.Bool() ? Block(x, _draw.Pick(2, 4)) : _images.Last(image => (image.H, image.W) == (h, w));
                return new Image(Add("Concat", Shuffled(x.Name, other.Name), With("axis", Axis(1))), c + other.C, h, w);
            case 8 when c > 1:
                return Halves(x);
            case 9 when c % 2 == 0:
                return Shuffle(x);
            case 10 when c % 2 == 0 && _batch is not null && !_last:
                return FoldedShuffle(x);
            case 11 or 12:
                return Pool(x);
            case 13:
                return Pad(x);
            case 14:
                return Resize(x);
            case 15 or 16:
                return Gate(x);
            case 17 or 18:
                return x with { Name = Constant(x) };
            case 19:
                return x with { Name = Nothing(x) };
            case 20:
                return Slice(x);
            case 21:
                return Function(x);
            case 22:
                return Tokens(x);
            case 23:
                return WithConstantChannels(x);
            case 24:
                _outputs.Add((x.Name, Sizes(x)));
                return Block(x, c);
            case 25 when _last is false && h % 2 == 0 && w % 2 == 0:
                return new Image(Add("SpaceToDepth", [x.Name], With("blocksize", 2)), 4 * c, h / 2, w / 2);
            case 26 when _batch is 1:
                return OutOfTheBatch(x);
            default:
                return Block(x, c);
        }
    }

    private Image Block(Image x, int outputs, int stride = 1, bool depthwise = false) =>
        Activation(Norm(Convolution(x, outputs, depthwise ? x.C : _draw.Pick(1, 1, 1, 2), stride)));

    private Image Convolution(Image x, int outputs, int group, int stride = 1)
    {
        group = x.C % group == 0 && outputs % group == 0 ? group : 1;
        var size = Math.Min(x.H, x.W) < 3 ? 1 : _draw.Pick(1, 3, 3);
        var attributes = Attributes.None.With("group", group).With("strides", [stride, stride]);
        attributes = _draw.Bool() ? attributes.With("kernel_shape", [size, size]) : attributes;
        long Same(int length) => (length + stride - 1) / stride;
        var (h, w) = (Same(x.H), Same(x.W));
        switch (_draw.Int(0, 4))
        {
            case 0:
                attributes = attributes.With("auto_pad", _draw.Pick("SAME_UPPER", "SAME_LOWER"));
                break;
            case 1 when stride == 2 && size == 3: // padded on one side, as TensorFlow does
                attributes = attributes.With("pads", [0, 0, 1, 1]);
                (h, w) = ((x.H - 2) / 2 + 1, (x.W - 2) / 2 + 1);
                break;
            default:
                attributes = attributes.With("pads", [size / 2, size / 2, size / 2, size / 2]);
                break;
        }

        var inputs = x.C / group * size * size;
        string[] bias = _draw.Bool() ? [Floats(-0.2f, 0.2f, outputs)] : [];
        var convolution = Add("Conv", [ToFirst(x.Name), Weights(2, inputs, outputs, x.C / group, size, size), .. bias], attributes);
        return new Image(ToLast(convolution), outputs, (int)h, (int)w);
    }

    private Image Norm(Image x)
    {
        var c = x.C;
        switch (_draw.Int(0, 6))
        {
            case 0:
                return x;
            case 1: // decomposed
                var scaled = _draw.Bool()
                    ? Add("Mul", Shuffled(x.Name, PerChannel(0.7f, 1.3f, c)))
                    : Add("Div", [x.Name, PerChannel(0.7f, 1.3f, c)]);
                var shift = PerChannel(-0.3f, 0.3f, c);
                return x with { Name = _draw.Bool() ? Add("Add", Shuffled(scaled, shift)) : Add("Sub", [scaled, shift]) };
            case 2:
                return x with { Name = Add("Add", Shuffled(x.Name, PerChannel(-0.3f, 0.3f, c))) };
            case 3 when !_last: // written out with the statistics
                var centred = Add("Sub", [x.Name, PerChannel(-0.2f, 0.2f, c)]);
                var normed = Add("Mul", [centred, Add("Reciprocal", [Add("Sqrt", [PerChannel(0.7f, 1.3f, c)])])]);
                return x with { Name = Add("Add", [normed, PerChannel(-0.2f, 0.2f, c)]) };
            default:
                var norm = Add(
                    "BatchNormalization",
                    [
                        ToFirst(x.Name),
                        Floats(-0.4f, 1.4f, c),
                        Floats(-0.3f, 0.3f, c),
                        _builder.Initializer("mean", _draw.Floats(-0.2f, 0.2f, [c]), WeightRole.Statistic),
                        _builder.Initializer("variance", _draw.Floats(0.5f, 1.5f, [c]), WeightRole.Statistic),
                    ],
                    _draw.Bool() ? null : Attributes.None.With("epsilon", 1e-3f)
                );
                return x with { Name = ToLast(norm) };
        }
    }

    private Image Activation(Image x)
    {
        var value = x.Name;
        return x with
        {
            Name = _draw.Int(0, 13) switch
            {
                0 => Add("Clip", [value, Number(0), Number(6)]),
                1 => Add("Min", Shuffled(Add("Relu", [value]), Number(1.5f))),
                2 => Add("Min", Shuffled(Add("Max", Shuffled(value, Number(_draw.Pick(0f, -1f)))), Number(1))),
                3 => Add("LeakyRelu", [value], Attributes.None.With("alpha", 0.1f)),
                4 => Add("Mul", Shuffled(value, Add("Sigmoid", [value]))),
                5 => Add("Mul", Shuffled(value, Add("HardSigmoid", [value], Attributes.None.With("alpha", 1f / 6)))),
                6 => Add("Div", [Add("Mul", [value, Add("Clip", [Add("Add", [value, Number(3)]), Number(0), Number(6)])]), Number(6)]),
                7 => Add("PRelu", [value, PerChannel(0.05f, 0.3f, x.C)]),
                8 => Add(_draw.Pick("Elu", "Tanh", "HardSigmoid", "Softplus"), [value]),
                9 => value,
                _ => Add("Relu", [value]),
            },
        };
    }

    private Image Pool(Image x)
    {
        var window = new[] { Math.Min(_draw.Pick(2, 3), x.H), Math.Min(_draw.Pick(2, 3), x.W) };
        long[] strides = [_draw.Int(1, 2), _draw.Int(1, 2)];
        long[] pads = _draw.Bool() ? [0, 0, 0, 0] : [.. window.Concat(window).Select(size => _draw.Long(0, size - 1))];
        long ceil = _draw.Int(0, 3) == 0 ? 1 : 0;
        var attributes = Attributes
            .None.With("kernel_shape", [.. window.Select(size => (long)size)])
            .With("strides", [.. strides])
            .With("pads", [.. pads]);
        attributes = ceil != 0 ? attributes.With("ceil_mode", 1) : attributes;
        var pool = _draw.Pick("MaxPool", "MaxPool", "AveragePool");
        attributes = pool == "AveragePool" && _draw.Bool() ? attributes.With("count_include_pad", 1) : attributes;
        var value = ToFirst(x.Name);
        var (h, w) = (x.H, x.W);
        if (pool == "MaxPool" && _draw.Int(0, 3) == 0)
        {
            long[] more = [.. window.Concat(window).Select(size => _draw.Long(0, Math.Min(1, size - 1)))];
            value = Add(
                "Pad",
                [
                    value,
                    Integers(0, 0, more[0], more[1], 0, 0, more[2], more[3]),
                    _builder.Initializer(
                        "lowest",
                        TensorData.Scalar(_draw.Pick(float.NegativeInfinity, float.MinValue)),
                        WeightRole.Constant
                    ),
                ]
            );
            (h, w) = (h + (int)(more[0] + more[2]), w + (int)(more[1] + more[3]));
            attributes = attributes.Without("pads");
            pads = [0, 0, 0, 0];
        }

        int Places(int size, int axis)
        {
            var room = size + pads[axis] + pads[axis + 2] - window[axis];
            var places = (room + (ceil * (strides[axis] - 1))) / strides[axis] + 1;
            // A window that would start in the pads at the end is left out.
            return (int)(ceil != 0 && (places - 1) * strides[axis] >= size + pads[axis] ? places - 1 : places);
        }

        return new Image(ToLast(Add(pool, [value], attributes)), x.C, Places(h, 0), Places(w, 1));
    }

    private Image Pad(Image x)
    {
        var mode = _draw.Pick("constant", "constant", "reflect", "edge");
        int[] more = [_draw.Int(0, 2), _draw.Int(0, 1), _draw.Int(0, 2), _draw.Int(0, 1)];
        int[] channels = mode == "constant" && _draw.Int(0, 2) == 0 ? [_draw.Int(0, 2), _draw.Int(0, 2)] : [0, 0];
        var before = Ordered<long>(0, channels[0], more[0], more[1]);
        var after = Ordered<long>(0, channels[1], more[2], more[3]);
        var crops = mode == "constant" && _draw.Int(0, 4) == 0 && x.H > 2;
        if (crops)
        {
            before[Array.IndexOf(Ordered(0, 1, 2, 3), 2)] = more[0] = -1;
        }

        string[] value =
            mode == "constant" && _draw.Bool()
                ? [_builder.Initializer("fill", TensorData.Scalar(_draw.Pick(0f, 0f, 0.5f, -1f)), WeightRole.Constant)]
                : [];
        var padded = Add(
            "Pad",
            [x.Name, Integers([.. before, .. after]), .. value],
            mode == "constant" && _draw.Bool() ? null : Attributes.None.With("mode", mode)
        );
        return new Image(padded, x.C + channels.Sum(), x.H + more[0] + more[2], x.W + more[1] + more[3]);
    }

    private Image Resize(Image x)
    {
        var value = ToFirst(x.Name);
        var mode = _draw.Pick("nearest", "linear");
        var attributes = Attributes
            .None.With("mode", mode)
            .With("coordinate_transformation_mode", _draw.Pick("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"));
        attributes = mode == "nearest" ? attributes.With("nearest_mode", "floor") : attributes;
        var (h, w) = (_draw.Bool() ? 2 * x.H : x.H + 1, 2 * x.W);
        var byScales = h == 2 * x.H && _draw.Bool();
        var sizes =
            byScales ? ""
            : _batch is { } batch && _draw.Bool() ? Integers(batch, x.C, h, w)
            : Add(
                "Concat",
                [Add("Slice", [Add("Shape", [value]), Integers(0), Integers(2), Integers(0)]), Integers(h, w)],
                With("axis", 0)
            );
        string[] inputs = byScales
            ? [value, "", _builder.Initializer("scales", TensorData.Of<float>([1, 1, 2, 2]), WeightRole.Constant)]
            : [value, "", "", sizes];
        return new Image(ToLast(Add("Resize", inputs, attributes)), x.C, h, w);
    }

    private string Pointwise(string x, int inputs, int outputs) =>
        ToLast(Add("Conv", [ToFirst(x), Weights(2, inputs, outputs, inputs, 1, 1), Floats(-0.2f, 0.2f, outputs)]));

    // A sum, a product or the like with a constant.
    private string Constant(Image x)
    {
        var (c, h, w) = (x.C, x.H, x.W);
        var sizes = _draw.Pick(
            _last ? [1, 1, c] : new long[] { c, 1, 1 },
            Ordered<long>(1, c, 1, 1),
            [],
            [1],
            Ordered<long>(1, 1, 1, w),
            Ordered<long>(1, 1, h, 1)[1..],
            Ordered<long>(1, c, h, w)
        );
        return _draw.Int(0, 5) switch
        {
            0 => Add("Sub", Shuffled(x.Name, Floats(-0.5f, 0.5f, sizes))),
            1 => Add("Div", [x.Name, Floats(0.7f, 1.4f, sizes)]),
            2 => Add(_draw.Pick("Min", "Max"), Shuffled(x.Name, Floats(-0.2f, 0.2f, sizes))),
            3 => Add("Mul", Shuffled(x.Name, PerChannel(-1.3f, 1.3f, c))),
            4 => Add("Mul", Shuffled(x.Name, Floats(-1.3f, 1.3f, sizes))),
            _ => Add("Add", Shuffled(x.Name, Floats(-0.5f, 0.5f, sizes))),
        };
    }

    // Nodes without effect.
    private string Nothing(Image x) =>
        _draw.Int(0, 7) switch
        {
            0 => Add("Identity", [x.Name]),
            1 => Add("Dropout", [x.Name]),
            2 => Add("Cast", [x.Name], With("to", (long)ElementType.Float32)),
            3 => Add("Add", Shuffled(x.Name, Number(0))),
            4 => Add("Mul", Shuffled(x.Name, Number(1))),
            5 => Add("Pad", [x.Name, Integers(new long[8])]),
            6 => Add("Concat", [x.Name], With("axis", 1)),
            _ => Add("Reshape", [x.Name, ReshapeSizes(x.Name, Sizes(x)[1..])]),
        };

    private Image Slice(Image x)
    {
        var axis = _draw.Pick(1, 2, 3);
        int[] sizes = [0, x.C, x.H, x.W];
        var size = sizes[axis];
        var (step, start) = (_draw.Pick(1, 1, 2, -1), size > 1 ? _draw.Int(0, 1) : 0);
        if (step < 0)
        {
            start = 0;
        }

        sizes[axis] = (size - start + Math.Abs(step) - 1) / Math.Abs(step);
        var sliced = Add(
            "Slice",
            [
                x.Name,
                Integers(step < 0 ? -1 : start),
                Integers(step < 0 ? long.MinValue : _draw.Pick(size, int.MaxValue, long.MaxValue)),
                Integers(Axis(axis)),
                .. step == 1 ? Array.Empty<string>() : [Integers(step)],
            ]
        );
        return new Image(sliced, sizes[1], sizes[2], sizes[3]);
    }

    private Image Function(Image x)
    {
        switch (_draw.Int(0, 6))
        {
            case 0:
                return x with { Name = Add("Softmax", [x.Name], With("axis", Axis(_draw.Pick(1, 3)))) };
            case 1: // a response normalised over the positions
                var norm = Add(
                    "ReduceL2",
                    [x.Name],
                    Attributes.None.With("axes", [.. Axes(_draw.Pick<int[]>([2, 3], [1]))]).With("keepdims", 1)
                );
                return x with { Name = Add("Div", [x.Name, Add("Add", [norm, Number(0.5f)])]) };
            case 2:
                return x with
                {
                    Name = ToLast(Add("InstanceNormalization", [ToFirst(x.Name), Floats(0.5f, 1.5f, x.C), Floats(-0.3f, 0.3f, x.C)])),
                };
            case 3:
                var same = _images.Last(image => (image.C, image.H, image.W) == (x.C, x.H, x.W));
                return x with { Name = Add(_draw.Pick("Add", "Mul", "Min", "Max"), Shuffled(x.Name, same.Name)) };
            case 4 when _last is false:
                var centred = Add("Sub", [x.Name, Add("ReduceMean", [x.Name], Attributes.None.With("axes", [.. Axes(1)]))]);
                return x with { Name = centred };
            default:
                return x with { Name = Add(_draw.Pick("Sigmoid", "Tanh", "Abs", "Neg", "Elu", "Erf", "Clip"), [x.Name]) };
        }
    }
}
