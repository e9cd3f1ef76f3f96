using System.Collections.Frozen;
using Tacit.Graphs;

namespace Tacit.Learning.Execution.Operators;

/// <summary>The operators that can be executed.</summary>
public static class OperatorExecutors
{
    private static readonly FrozenDictionary<string, Func<NodeSource, Kernel>> Executors =
        new Dictionary<string, Func<NodeSource, Kernel>>(StringComparer.Ordinal)
        {
            ["Add"] = Arithmetic.Add,
            ["AveragePool"] = Pooling.Average,
            ["BatchNormalization"] = BatchNormalization.Compile,
            ["Cast"] = Constants.Cast,
            ["Clip"] = Clipping.Compile,
            ["Concat"] = Joining.Concat,
            ["ConstantOfShape"] = Constants.ConstantOfShape,
            ["Conv"] = Convolution.Compile,
            ["DequantizeLinear"] = LinearQuantization.Dequantize,
            ["Div"] = Arithmetic.Divide,
            ["Dropout"] = Dropping.Compile,
            ["FakeQuantize"] = FakeQuantize.Compile,
            ["Flatten"] = Shaping.Flatten,
            ["Gather"] = Slicing.Gather,
            ["Gemm"] = MatrixProducts.Gemm,
            ["GlobalAveragePool"] = Pooling.GlobalAverage,
            ["GlobalMaxPool"] = Pooling.GlobalMax,
            ["HardSigmoid"] = Nonlinearities.HardSigmoid,
            ["HardSwish"] = Nonlinearities.HardSwish,
            ["Identity"] = Shaping.Identity,
            ["LeakyRelu"] = Nonlinearities.LeakyRelu,
            ["MatMul"] = MatrixProducts.MatMul,
            ["MaxPool"] = Pooling.Max,
            ["Mul"] = Arithmetic.Multiply,
            ["Pad"] = Padding.Compile,
            ["QuantizeLinear"] = LinearQuantization.Quantize,
            ["ReduceMean"] = Reductions.Mean,
            ["Relu"] = Nonlinearities.Relu,
            ["Reshape"] = Shaping.Reshape,
            ["Shape"] = Constants.ShapeOf,
            ["Sigmoid"] = Nonlinearities.Sigmoid,
            ["Slice"] = Slicing.Slice,
            ["Softmax"] = Nonlinearities.Softmax,
            ["Split"] = Joining.Split,
            ["Squeeze"] = Shaping.Squeeze,
            ["Sub"] = Arithmetic.Subtract,
            ["Tanh"] = Nonlinearities.Tanh,
            ["Transpose"] = Shaping.Transpose,
            ["Unsqueeze"] = Shaping.Unsqueeze,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Their names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Executors.Keys.Order(StringComparer.Ordinal)];

    internal static Kernel Compile(NodeSource source) =>
        Executors.TryGetValue(source.Node.Operator, out var executor)
            ? executor(source)
            : throw new UnsupportedOperatorException(
                $"{source.Node}: the operator cannot be executed; those that can are {string.Join(", ", Names)}")
            {
                Operator = source.Node.Operator,
                Node = source.Node.Name,
            };
}
