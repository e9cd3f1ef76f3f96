using System.Collections.Immutable;

namespace Tacit.Graphs.Operators;

/// <summary>The operators that Tacit knows.</summary>
public static class OperatorSchemas
{
    private static readonly ImmutableDictionary<string, OperatorSchema> ByName = new OperatorSchema[]
    {
        new Convolution(),
        new Gemm(),
        new MatMul(),
        new BatchNormalization(),
        new Elementwise("Relu"),
        new Elementwise("LeakyRelu"),
        new Elementwise("Clip", 3, 1, 2),
        new Elementwise("Sigmoid"),
        new Elementwise("HardSigmoid"),
        new Elementwise("HardSwish"),
        new Elementwise("Tanh"),
        new Softmax(),
        new Pooling("MaxPool"),
        new Pooling("AveragePool"),
        new GlobalPooling("GlobalAveragePool"),
        new GlobalPooling("GlobalMaxPool"),
        new ReduceMean(),
        new Arithmetic("Add", (a, b) => a + b, (a, b) => a + b),
        new Arithmetic("Sub", (a, b) => a - b, (a, b) => a - b),
        new Arithmetic("Mul", (a, b) => a * b, (a, b) => a * b),
        new Arithmetic("Div", Arithmetic.Divide, (a, b) => a / b),
        new Concat(),
        new Split(),
        new Slice(),
        new Pad(),
        new Gather(),
        new Transpose(),
        new Reshape(),
        new Flatten(),
        new Squeeze(),
        new Unsqueeze(),
        new ShapeOf(),
        new ConstantOfShape(),
        new Cast(),
        new Identity(),
        new Dropout(),
        new QuantizeLinear(),
        new DequantizeLinear(),
        new FakeQuantize(),
    }.ToImmutableDictionary(schema => schema.Name, StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<OperatorSchema> All { get; } = [.. ByName.Values.OrderBy(schema => schema.Name, StringComparer.Ordinal)];

    /// <summary>The operator of the given name; null where Tacit does not know it.</summary>
    public static OperatorSchema? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The operator of a node.</summary>
    /// <exception cref="UnsupportedOperatorException">Tacit does not know it.</exception>
    internal static OperatorSchema Get(Node node) => Find(node.Operator) ?? throw new UnsupportedOperatorException(
        $"the operator {node.Operator} (node {node.Name}) is not supported; "
        + $"supported are {string.Join(", ", All.Select(schema => schema.Name))}")
    {
        Operator = node.Operator,
        Node = node.Name,
    };
}
