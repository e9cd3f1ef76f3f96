namespace Tacit.Graphs.Tests.Passes;

/// <summary>A random chain of operators on a small constant matrix.</summary>
internal sealed class ConstantChain
{
    private readonly Random _random;
    private readonly ElementType _element;

    public ConstantChain(int seed, int length, ElementType element)
    {
        _random = new Random(seed);
        _element = element;
        (Rows, Columns) = (_random.Next(1, 4), _random.Next(1, 4));
        Value = Number(Rows, Columns);
        for (var i = 0; i < length; i++)
        {
            Step();
        }
    }

    public GraphBuilder Builder { get; } = new("chain");

    public string Value { get; private set; }

    public long Rows { get; private set; }

    public long Columns { get; private set; }

    private void Step()
    {
        switch (_random.Next(11))
        {
            case 0:
                Value = Builder.Add("Transpose", [Value], Attributes.None.With("perm", [1, 0]));
                (Rows, Columns) = (Columns, Rows);
                break;
            case 1:
                Slice(_random.Next(2) == 0 ? 1 : -1);
                break;
            case 2:
                Value = Builder.Add("Concat", [Value, Value], Axis(-2));
                Rows *= 2;
                break;
            case 3:
                Value = Builder.Add("Gather", [Value, Builder.Constant("indices", 0, -1, 0)], Axis(1));
                Columns = 3;
                break;
            case 4:
                Value = Builder.Add("Reshape", [Value, Builder.Constant("sizes", -1, 1)]);
                (Rows, Columns) = (Rows * Columns, 1);
                break;
            case 5:
                Value = Builder.Add("Unsqueeze", [Value, Builder.Constant("axes", 0, -1)]);
                Value = Builder.Add("Squeeze", [Value, Builder.Constant("axes", 0, 3)]);
                break;
            case 6:
                Value = Cast(Cast(Value, ElementType.Int32), _element);
                break;
            case 7:
                Split();
                break;
            case 8:
                Value = Builder.Add("Flatten", [Value], Axis(0));
                (Rows, Columns) = (1, Rows * Columns);
                break;
            default:
                string[] operators = ["Add", "Sub", "Mul", "Div"];
                var other = _random.Next(2) == 0 ? Number(Columns) : Number(Rows, 1);
                Value = Builder.Add(operators[_random.Next(4)], _random.Next(2) == 0 ? [Value, other] : [Value, Number()]);
                break;
        }
    }

    private void Slice(long step)
    {
        var start = step > 0 ? _random.Next((int)Columns) : -1;
        Value = Builder.Add(
            "Slice",
            [
                Value,
                Builder.Constant("starts", start),
                Builder.Constant("ends", step > 0 ? long.MaxValue : long.MinValue),
                Builder.Constant("axes", -1),
                Builder.Constant("steps", step),
            ]
        );
        Columns = step > 0 ? Columns - start : Columns;
    }

    private void Split()
    {
        var doubled = Builder.Add("Concat", [Value, Value], Axis(1));
        var parts = new[] { Builder.Unique("part"), Builder.Unique("part") };
        Builder.Add(new Node(parts[0], "Split", [doubled, Builder.Constant("sizes", 1, 2 * Columns - 1)], [.. parts], Axis(1)));
        Value = parts[1];
        Columns = 2 * Columns - 1;
    }

    private string Cast(string value, ElementType to) => Builder.Add("Cast", [value], Attributes.None.With("to", (long)to));

    // No element is 0, so that it can be a divisor.
    private string Number(params long[] sizes)
    {
        long[] values =
        [
            .. Enumerable.Range(0, (int)Shape.Of(sizes).ElementCount).Select(_ => _random.Next(1, 5) * (_random.Next(2) == 0 ? 1L : -1)),
        ];
        var data =
            _element == ElementType.Int64
                ? new TensorData(_element, sizes, TensorData.Of<long>(values).Bytes.ToArray())
                : new TensorData(_element, sizes, TensorData.Of<float>([.. values.Select(value => value / 3f)]).Bytes.ToArray());
        return Builder.Initializer("number", data, WeightRole.Constant);
    }

    private static Attributes Axis(long axis) => Attributes.None.With("axis", axis);
}
