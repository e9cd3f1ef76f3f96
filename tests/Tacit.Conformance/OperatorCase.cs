using Tacit.Graphs;

namespace Tacit.Conformance;

/// <summary>An input of the operator under test: an input of the graph or a constant. Null data omits it.</summary>
public sealed record Operand(TensorData? Data, bool IsConstant = false)
{
    public static implicit operator Operand(TensorData? data) => new(data);

    public static Operand Constant(params long[] values) => new(TensorData.Of<long>(values).Reshape(values.Length), true);
}

/// <summary>One operator with attributes and operands.</summary>
public sealed record OperatorCase(string Operator, Attributes Attributes, params Operand[] Operands)
{
    public int OutputCount { get; init; } = 1;

    public int Opset { get; init; } = 17;

    /// <summary>The operands that are inputs of the graph, by name.</summary>
    public IReadOnlyDictionary<string, TensorData> Inputs =>
        Operands
            .Select((operand, i) => (operand, i))
            .Where(pair => pair.operand is { Data: not null, IsConstant: false })
            .ToDictionary(pair => $"x{pair.i}", pair => pair.operand.Data!);

    /// <summary>Returns the case with floating-point operands converted to 64 bits.</summary>
    public OperatorCase Widened() => this with { Operands = [.. Operands.Select(operand => operand with { Data = Widen(operand.Data) })] };

    /// <summary>Returns the case with inputs of the graph instead of constants.</summary>
    public OperatorCase Fed() => this with { Operands = [.. Operands.Select(operand => operand with { IsConstant = false })] };

    /// <summary>Returns a network that consists of this operator.</summary>
    public Model ToModel(IReadOnlyList<TensorType>? outputs = null)
    {
        var builder = new GraphBuilder("case");
        var names = Operands
            .Select(
                (operand, i) =>
                    operand switch
                    {
                        { Data: null } => "",
                        { IsConstant: true } => builder.Initializer($"x{i}", operand.Data, WeightRole.Constant),
                        _ => builder.Input($"x{i}", operand.Data.Shape, operand.Data.Element),
                    }
            )
            .ToArray();
        var results = Enumerable.Range(0, OutputCount).Select(i => $"y{i}").ToArray();
        builder.Add(
            new Node("node", Operator, [.. names.Take(Array.FindLastIndex(names, name => name.Length > 0) + 1)], [.. results], Attributes)
        );
        for (var i = 0; i < OutputCount; i++)
        {
            builder.Output(results[i], outputs?[i].Shape ?? Shape.Scalar, outputs?[i].Element ?? ElementType.Float32);
        }

        return builder.Build();
    }

    public override string ToString()
    {
        var attributes = Attributes.Select(pair => $"{pair.Key}={Text(pair.Value)}");
        var operands = Operands.Select(operand =>
            operand.Data is not { } data
                ? "none"
                : $"{data.Type}{(data.Element == ElementType.Int64 ? $" [{string.Join(",", data.ToInt64())}]" : "")}"
        );
        return $"{Operator}({string.Join("; ", operands)}) {string.Join(" ", attributes)}";
    }

    private static string Text(object value) =>
        value is System.Collections.Immutable.ImmutableArray<long> list ? $"[{string.Join(",", list)}]" : $"{value}";

    private static TensorData? Widen(TensorData? data) =>
        data?.Element == ElementType.Float32
            ? TensorData.Of<double>([.. data.As<float>().ToArray().Select(value => (double)value)]).Reshape(data.Sizes.AsSpan())
            : data;
}
