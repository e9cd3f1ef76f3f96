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
        ["Acos"] = Nonlinearities.Acos,
        ["Acosh"] = Nonlinearities.Acosh,
        ["Add"] = Arithmetic.Add,
        ["And"] = Arithmetic.And,
        ["ArgMax"] = Selecting.ArgMax,
        ["ArgMin"] = Selecting.ArgMin,
        ["Asin"] = Nonlinearities.Asin,
        ["Asinh"] = Nonlinearities.Asinh,
        ["Atan"] = Nonlinearities.Atan,
        ["Atanh"] = Nonlinearities.Atanh,
        ["AveragePool"] = Pooling.Average,
        ["BatchNormalization"] = Normalization.Batch,
        ["Cast"] = Constants.Cast,
        ["Ceil"] = Nonlinearities.Ceil,
        ["Celu"] = Nonlinearities.Celu,
        ["Clip"] = Clipping.Compile,
        ["Concat"] = Concatenation.Concat,
        ["ConstantOfShape"] = Constants.ConstantOfShape,
        ["Conv"] = Convolution.Compile,
        ["ConvTranspose"] = TransposedConvolution.Compile,
        ["Cos"] = Nonlinearities.Cos,
        ["Cosh"] = Nonlinearities.Cosh,
        ["CumSum"] = Selecting.CumSum,
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
        ["EyeLike"] = Selecting.EyeLike,
        [Quantizer.Operator] = FakeQuantize.Compile,
        ["Flatten"] = Shaping.Flatten,
        ["Floor"] = Nonlinearities.Floor,
        ["Gather"] = Slicing.Gather,
        ["GatherElements"] = Indexing.GatherElements,
        ["GatherND"] = Indexing.GatherND,
        ["Gemm"] = MatrixProducts.Gemm,
        ["GlobalAveragePool"] = Pooling.GlobalAverage,
        ["GlobalMaxPool"] = Pooling.GlobalMax,
        ["Greater"] = Arithmetic.Greater,
        ["GreaterOrEqual"] = Arithmetic.GreaterOrEqual,
        ["GridSample"] = GridSampling.Compile,
        ["HardSigmoid"] = Nonlinearities.HardSigmoid,
        ["Hardmax"] = Selecting.Hardmax,
        ["Identity"] = Shaping.Identity,
        ["InstanceNormalization"] = Normalization.Instance,
        ["IsInf"] = Nonlinearities.IsInf,
        ["IsNaN"] = Nonlinearities.IsNaN,
        ["LRN"] = Normalization.LocalResponse,
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
        ["Mod"] = Arithmetic.Modulo,
        ["Mul"] = Arithmetic.Multiply,
        ["Neg"] = Nonlinearities.Neg,
        ["NonMaxSuppression"] = NonMaxSuppression.Compile,
        ["NonZero"] = Selecting.NonZero,
        ["Not"] = Nonlinearities.Not,
        ["OneHot"] = Selecting.OneHot,
        ["Or"] = Arithmetic.Or,
        ["PRelu"] = Nonlinearities.ParametricRelu,
        ["Pad"] = Padding.Compile,
        ["Pow"] = Arithmetic.Power,
        ["QuantizeLinear"] = LinearQuantization.Quantize,
        ["Range"] = Selecting.Range,
        ["Reciprocal"] = Nonlinearities.Reciprocal,
        ["ReduceL1"] = Reductions.Magnitudes,
        ["ReduceL2"] = Reductions.Norm,
        ["ReduceLogSum"] = Reductions.LogSum,
        ["ReduceLogSumExp"] = Reductions.LogSumExp,
        ["ReduceMax"] = Reductions.Maximum,
        ["ReduceMean"] = Reductions.Mean,
        ["ReduceMin"] = Reductions.Minimum,
        ["ReduceProd"] = Reductions.Product,
        ["ReduceSum"] = Reductions.Sum,
        ["ReduceSumSquare"] = Reductions.Squares,
        ["Relu"] = Nonlinearities.Relu,
        ["Reshape"] = Shaping.Reshape,
        ["Resize"] = Resizing.Compile,
        ["Round"] = Nonlinearities.Round,
        ["ScatterElements"] = Indexing.ScatterElements,
        ["ScatterND"] = Indexing.ScatterND,
        ["Selu"] = Nonlinearities.Selu,
        ["Shape"] = Constants.ShapeOf,
        ["Shrink"] = Nonlinearities.Shrink,
        ["Sigmoid"] = Nonlinearities.Sigmoid,
        ["Sign"] = Nonlinearities.Sign,
        ["Sin"] = Nonlinearities.Sin,
        ["Sinh"] = Nonlinearities.Sinh,
        ["Slice"] = Slicing.Slice,
        ["Softmax"] = Nonlinearities.Softmax,
        ["Softplus"] = Nonlinearities.Softplus,
        ["Softsign"] = Nonlinearities.Softsign,
        ["SpaceToDepth"] = Shaping.SpaceToDepth,
        ["Split"] = Concatenation.Split,
        ["Sqrt"] = Nonlinearities.Sqrt,
        ["Squeeze"] = Shaping.Squeeze,
        ["Sub"] = Arithmetic.Subtract,
        ["Tan"] = Nonlinearities.Tan,
        ["Tanh"] = Nonlinearities.Tanh,
        ["ThresholdedRelu"] = Nonlinearities.ThresholdedRelu,
        ["Tile"] = Repeating.Tile,
        ["TopK"] = Selecting.TopK,
        ["Transpose"] = Shaping.Transpose,
        ["Trilu"] = Selecting.Trilu,
        ["Unsqueeze"] = Shaping.Unsqueeze,
        ["Where"] = Arithmetic.Where,
        ["Xor"] = Arithmetic.Xor,
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
