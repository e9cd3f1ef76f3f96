using System.Collections.Frozen;
using Tacit.Graphs;
using Tacit.Graphs.Operators;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Lists the operators that <see cref="GraphModule"/> can execute.</summary>
/// <remarks>
/// Each operator has a function that compiles a node to a <c>Kernel</c>. To add an operator, write this function, register it here, and add
/// its schema to <c>Tacit.Graphs.Operators</c>.
/// </remarks>
internal static class OperatorExecutors
{
    private static readonly FrozenDictionary<string, Func<NodeSource, Kernel>> Executors = new Dictionary<string, Func<NodeSource, Kernel>>(
        StringComparer.Ordinal
    )
    {
        ["Abs"] = Nonlinearities.Abs,
        ["Add"] = Arithmetic.Add,
        ["And"] = Arithmetic.And,
        ["AveragePool"] = Pooling.Average,
        ["BatchNormalization"] = Normalization.Batch,
        ["Cast"] = Constants.Cast,
        ["Ceil"] = Nonlinearities.Ceil,
        ["Clip"] = Clipping.Compile,
        ["Concat"] = Concatenation.Concat,
        ["ConstantOfShape"] = Constants.ConstantOfShape,
        ["Conv"] = Convolution.Compile,
        ["ConvTranspose"] = TransposedConvolution.Compile,
        ["DepthToSpace"] = Shaping.DepthToSpace,
        ["DequantizeLinear"] = LinearQuantization.Dequantize,
        ["Div"] = Arithmetic.Divide,
        ["Dropout"] = Dropout.Compile,
        ["Einsum"] = MatrixProducts.Einsum,
        ["Elu"] = Nonlinearities.Elu,
        ["Equal"] = Arithmetic.Equal,
        ["Erf"] = Nonlinearities.Erf,
        ["Exp"] = Nonlinearities.Exp,
        ["Expand"] = Repeating.Expand,
        [Quantizer.Operator] = FakeQuantize.Compile,
        ["Flatten"] = Shaping.Flatten,
        ["Floor"] = Nonlinearities.Floor,
        ["Gather"] = Slicing.Gather,
        ["Gemm"] = MatrixProducts.Gemm,
        ["GlobalAveragePool"] = Pooling.GlobalAverage,
        ["GlobalMaxPool"] = Pooling.GlobalMax,
        ["Greater"] = Arithmetic.Greater,
        ["GreaterOrEqual"] = Arithmetic.GreaterOrEqual,
        ["HardSigmoid"] = Nonlinearities.HardSigmoid,
        ["Identity"] = Shaping.Identity,
        ["InstanceNormalization"] = Normalization.Instance,
        ["LayerNormalization"] = Normalization.Layer,
        ["LeakyRelu"] = Nonlinearities.LeakyRelu,
        ["Less"] = Arithmetic.Less,
        ["LessOrEqual"] = Arithmetic.LessOrEqual,
        ["Log"] = Nonlinearities.Log,
        ["LogSoftmax"] = Nonlinearities.LogSoftmax,
        ["MatMul"] = MatrixProducts.MatMul,
        ["Max"] = Arithmetic.Maximum,
        ["MaxPool"] = Pooling.Max,
        ["Min"] = Arithmetic.Minimum,
        ["Mul"] = Arithmetic.Multiply,
        ["Neg"] = Nonlinearities.Neg,
        ["Not"] = Nonlinearities.Not,
        ["Or"] = Arithmetic.Or,
        ["PRelu"] = Nonlinearities.ParametricRelu,
        ["Pad"] = Padding.Compile,
        ["Pow"] = Arithmetic.Power,
        ["QuantizeLinear"] = LinearQuantization.Quantize,
        ["Reciprocal"] = Nonlinearities.Reciprocal,
        ["ReduceL2"] = Reductions.Norm,
        ["ReduceMax"] = Reductions.Maximum,
        ["ReduceMean"] = Reductions.Mean,
        ["ReduceMin"] = Reductions.Minimum,
        ["ReduceProd"] = Reductions.Product,
        ["ReduceSum"] = Reductions.Sum,
        ["Relu"] = Nonlinearities.Relu,
        ["Reshape"] = Shaping.Reshape,
        ["Resize"] = Resizing.Compile,
        ["Selu"] = Nonlinearities.Selu,
        ["Shape"] = Constants.ShapeOf,
        ["Sigmoid"] = Nonlinearities.Sigmoid,
        ["Slice"] = Slicing.Slice,
        ["Softmax"] = Nonlinearities.Softmax,
        ["Softplus"] = Nonlinearities.Softplus,
        ["SpaceToDepth"] = Shaping.SpaceToDepth,
        ["Split"] = Concatenation.Split,
        ["Sqrt"] = Nonlinearities.Sqrt,
        ["Squeeze"] = Shaping.Squeeze,
        ["Sub"] = Arithmetic.Subtract,
        ["Tanh"] = Nonlinearities.Tanh,
        ["Tile"] = Repeating.Tile,
        ["Transpose"] = Shaping.Transpose,
        ["Unsqueeze"] = Shaping.Unsqueeze,
        ["Where"] = Arithmetic.Where,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of the operators in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Executors.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Compiles a node.</summary>
    /// <exception cref="UnsupportedOperatorException">The operator, or this form of it, cannot be executed.</exception>
    internal static Kernel Compile(NodeSource source) =>
        Executors.TryGetValue(source.Node.Operator, out var executor)
            ? executor(source)
            : throw new UnsupportedOperatorException(
                $"{source.Node}: the operator cannot be executed; those that can are {string.Join(", ", Names)}"
            )
            {
                Operator = source.Node.Operator,
                Node = source.Node.Name,
            };
}
