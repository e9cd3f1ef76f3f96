using System.Collections.Immutable;

namespace Tacit.Graphs.Operators;

/// <summary>The schemas of all operators that Tacit supports.</summary>
/// <example>
/// <code>
/// foreach (var schema in OperatorSchemas.All)
/// {
///     Console.WriteLine($"{schema.Name}: {schema.MinimumInputs} inputs or more");
/// }
/// </code>
/// </example>
public static class OperatorSchemas
{
    private static readonly ImmutableDictionary<string, OperatorSchema> ByName = new OperatorSchema[]
    {
        new Convolution(transposed: false),
        new Convolution(transposed: true),
        new Gemm(),
        new MatMul(),
        new Einsum(),
        new BatchNormalization(),
        new InstanceNormalization(),
        new LayerNormalization(),
        new LocalResponseNormalization(),
        new Elementwise("Relu"),
        new Elementwise("LeakyRelu"),
        new ParametricRelu(),
        new Elementwise("Elu"),
        new Elementwise("Selu"),
        new Elementwise("Softplus"),
        new Elementwise("Clip", 3, 1, 2),
        new Elementwise("Sigmoid"),
        new Elementwise("HardSigmoid"),
        new Elementwise("Tanh"),
        new Elementwise("Erf"),
        new Function("Exp", Math.Exp),
        new Function("Log", Math.Log),
        new Function("Sqrt", Math.Sqrt),
        new Function("Reciprocal", x => 1 / x),
        new Function("Floor", Math.Floor),
        new Function("Ceil", Math.Ceiling),
        new Function("Abs", Math.Abs, size => Arithmetic.Larger(size, size * -1)),
        new Function("Neg", x => -x, size => size * -1),
        new Function("Not", null, truth => (SizeExpression)1 - truth),
        new Function("Sign", x => Math.Sign(x)),
        new Function("Round", x => Math.Round(x)),
        new Function("Sin", Math.Sin),
        new Function("Cos", Math.Cos),
        new Function("Tan", Math.Tan),
        new Function("Asin", Math.Asin),
        new Function("Acos", Math.Acos),
        new Function("Atan", Math.Atan),
        new Function("Sinh", Math.Sinh),
        new Function("Cosh", Math.Cosh),
        new Function("Asinh", Math.Asinh),
        new Function("Acosh", Math.Acosh),
        new Function("Atanh", Math.Atanh),
        new Function("Softsign", x => x / (1 + Math.Abs(x))),
        new Elementwise("Celu"),
        new Elementwise("Shrink"),
        new Elementwise("ThresholdedRelu"),
        new Predicate("IsNaN"),
        new Predicate("IsInf"),
        new Softmax("Softmax"),
        new Softmax("LogSoftmax"),
        new Softmax("Hardmax"),
        new Pooling("MaxPool"),
        new Pooling("AveragePool"),
        new GlobalPooling("GlobalAveragePool"),
        new GlobalPooling("GlobalMaxPool"),
        new Reduction("ReduceMean"),
        new Reduction("ReduceSum", (a, b) => a + b),
        new Reduction("ReduceProd", (a, b) => a * b),
        new Reduction("ReduceMax", Arithmetic.Larger),
        new Reduction("ReduceMin", Arithmetic.Smaller),
        new Reduction("ReduceL1"),
        new Reduction("ReduceL2"),
        new Reduction("ReduceLogSum"),
        new Reduction("ReduceLogSumExp"),
        new Reduction("ReduceSumSquare"),
        new Arithmetic("Add", (a, b) => a + b, (a, b) => a + b),
        new Arithmetic("Sub", (a, b) => a - b, (a, b) => a - b),
        new Arithmetic("Mul", (a, b) => a * b, (a, b) => a * b),
        new Arithmetic("Div", Arithmetic.Divide, (a, b) => a / b),
        new Arithmetic("Mod", (_, _) => null, (a, b) => a % b),
        new Arithmetic("Min", Arithmetic.Smaller, Math.Min, 1, int.MaxValue),
        new Arithmetic("Max", Arithmetic.Larger, Math.Max, 1, int.MaxValue),
        new Power(),
        new Comparison("Equal", sign => sign == 0),
        new Comparison("Less", sign => sign < 0),
        new Comparison("LessOrEqual", sign => sign <= 0),
        new Comparison("Greater", sign => sign > 0),
        new Comparison("GreaterOrEqual", sign => sign >= 0),
        new Connective("And", (a, b) => a && b),
        new Connective("Or", (a, b) => a || b),
        new Connective("Xor", (a, b) => a != b),
        new Where(),
        new Concat(),
        new Split(),
        new Slice(),
        new Pad(),
        new Gather(),
        new GatherElements(),
        new GatherND(),
        new Scatter("ScatterElements"),
        new Scatter("ScatterND"),
        new ArgExtremum("ArgMax"),
        new ArgExtremum("ArgMin"),
        new TopK(),
        new OneHot(),
        new CumSum(),
        new Trilu(),
        new EyeLike(),
        new NonZero(),
        new NonMaxSuppression(),
        new NumberRange(),
        new Transpose(),
        new Expand(),
        new Tile(),
        new Resize(),
        new GridSample(),
        new DepthToSpace(),
        new SpaceToDepth(),
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

    /// <summary>Gets all schemas, sorted by name in ordinal order.</summary>
    public static IReadOnlyList<OperatorSchema> All { get; } = [.. ByName.Values.OrderBy(schema => schema.Name, StringComparer.Ordinal)];

    /// <summary>Returns the schema of an operator, or null when the operator is not supported.</summary>
    /// <param name="name">The operator name, such as "Conv". Case matters.</param>
    public static OperatorSchema? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Returns the schema of a node's operator.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="UnsupportedOperatorException">The operator is not supported.</exception>
    internal static OperatorSchema Get(Node node) =>
        Find(node.Operator)
        ?? throw new UnsupportedOperatorException(
            $"the operator {node.Operator} (node {node.Name}) is not supported; "
                + $"supported are {string.Join(", ", All.Select(schema => schema.Name))}"
        )
        {
            Operator = node.Operator,
            Node = node.Name,
        };
}
