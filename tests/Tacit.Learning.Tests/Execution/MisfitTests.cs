using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution;

/// <summary>Operands that do not match cause an error that names the node, and never end the process.</summary>
public sealed class MisfitTests
{
    private static readonly Draw Numbers = new(1);

    public static TheoryData<string> Names => [.. Misfits().Select(misfit => misfit.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_the_node(string name)
    {
        var misfit = Misfits().Single(candidate => candidate.ToString() == name);

        var error = Assert.Throws<UnsuitableModelException>(() => CaseComparison.Execute(misfit));

        Assert.Equal("node", error.Node);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static IEnumerable<OperatorCase> Misfits()
    {
        var none = Attributes.None;
        Operand F(params long[] sizes) => Numbers.Floats(sizes);
        yield return new("Add", none, F(2, 3), F(2, 4));
        yield return new("Sub", none, F(2, 3), F(2, 4));
        yield return new("Mul", none, F(2, 3), F(2, 4));
        yield return new("Div", none, F(2, 3), F(2, 4));
        yield return new("Conv", none, F(1, 3, 4, 4), F(2, 4, 3, 3));
        yield return new("Conv", none, F(1, 3, 4), F(2, 3, 3, 3));
        yield return new("Conv", none, F(1, 3, 2, 2), F(2, 3, 3, 3));
        yield return new("Conv", none, F(1, 3, 4, 4, 4, 4), F(2, 3, 1, 1, 1, 1));
        yield return new("BatchNormalization", none, F(1, 3, 4), F(2), F(2), F(2), F(2));
        yield return new("MaxPool", none.With("kernel_shape", [3L, 3L]), F(1, 2, 2, 2));
        yield return new("AveragePool", none.With("kernel_shape", [3L, 3L]), F(1, 2, 2, 2));
        yield return new("AveragePool", none.With("kernel_shape", [3L, 3L]), F(1, 2, 5));
        yield return new("Clip", none, F(2, 3), F(4), F(4));
        yield return new("Concat", none.With("axis", 1), F(2, 3), F(3, 3));
        yield return new("Concat", none.With("axis", 5), F(2, 3), F(2, 3));
        yield return new("Split", none.With("axis", 0), F(4), Operand.Constant(1, 1)) { OutputCount = 2 };
        yield return new("Reshape", none, F(2, 3), Operand.Constant(4, 2));
        yield return new("Reshape", none, F(2, 3), Operand.Constant(2, 3, 0));
        yield return new("Flatten", none.With("axis", 4), F(2, 3));
        yield return new("Squeeze", none, F(2, 3), Operand.Constant(0));
        yield return new("Transpose", none.With("perm", [0L, 0L]), F(2, 3));
        yield return new("Transpose", none.With("perm", [0L]), F(2, 3));
        yield return new("Gather", none.With("axis", 3), F(2, 3), Operand.Constant(0));
        yield return new("Gather", none, F(2, 3), Operand.Constant(5));
        yield return new("Gather", none, F(2, 3), new Operand(TensorData.Scalar(5L), IsConstant: true));
        yield return new("Slice", none, F(2, 3), Operand.Constant(0), Operand.Constant(1), Operand.Constant(4));
        yield return new("Slice", none, F(2, 3), Operand.Constant(0), Operand.Constant(1), Operand.Constant(0), Operand.Constant(0));
        yield return new("Pad", none, F(2, 3), Operand.Constant(1, 1, 1, 1, 1, 1, 1, 1));
        yield return new("Pad", none, F(2, 3), Operand.Constant(-5, 0, 0, 0));
        yield return new("Pad", none.With("mode", "edge"), F(2, 3), Operand.Constant(1, 1, 1, 1, 1, 1, 1, 1));
        yield return new("Softmax", none.With("axis", 3), F(2, 3));
        yield return new("ReduceMean", none.With("axes", [3L]), F(2, 3));
        yield return new("Gemm", none, F(2, 3), F(2, 3));
        yield return new("Gemm", none.With("transB", 1), F(2, 3), F(2, 4), F(2));
        yield return new("Gemm", none.With("transB", 1), F(2, 3), F(2, 3), F(5));
        yield return new("Gemm", none.With("transA", 1), F(2, 3, 4), F(2, 3));
        yield return new("MatMul", none, F(1, 2), F(3, 2));
        yield return new("MatMul", none, F(2, 1, 2), F(3, 2, 2));
        yield return new("MatMul", none, F(2), F(3));
        yield return new("MatMul", none, F(), F(3));
        yield return new("QuantizeLinear", none, F(2, 3), F(2), Numbers.Bytes(2));
        yield return new("DequantizeLinear", none, Numbers.Bytes(2, 3), F(2), Numbers.Bytes(2));
        yield return new("FakeQuantize", none.With("axis", 0), F(2, 3), F(3), F(3));
        yield return new("FakeQuantize", none.With("axis", 4), F(2, 3));
        yield return new("ConstantOfShape", none, Operand.Constant(-2, 3));
        yield return new("Unsqueeze", none, F(2, 3), Operand.Constant(7));
        yield return new("GlobalAveragePool", none, F(2));
        yield return new("ConvTranspose", none, F(1, 3, 4, 4), F(2, 4, 3, 3));
        yield return new("ConvTranspose", none, F(1, 3, 4, 4, 4, 4), F(3, 2, 1, 1, 1, 1));
        yield return new("ConvTranspose", none.With("group", 2), F(1, 3, 4), F(3, 2, 2));
        yield return new("InstanceNormalization", none, F(1, 3, 4), F(2), F(2));
        yield return new("LayerNormalization", none, F(2, 3), F(2));
        yield return new("LayerNormalization", none.With("axis", 4), F(2, 3), F(3));
        yield return new("PRelu", none, F(2, 3), F(2));
        yield return new("Pow", none, F(2, 3), F(2));
        yield return new("Min", none, F(2, 3), F(2));
        yield return new("Equal", none, F(2, 3), F(2));
        yield return new("Where", none, Numbers.Booleans(2), F(2, 3), F(2, 3));
        yield return new("Expand", none, F(2, 3), Operand.Constant(2));
        yield return new("Tile", none, F(2, 3), Operand.Constant(-1, 2));
        yield return new("Resize", none, F(2, 3), new Operand(null), new Operand(null), Operand.Constant(4));
        yield return new("DepthToSpace", none.With("blocksize", 2), F(1, 3, 2, 2));
        yield return new("SpaceToDepth", none.With("blocksize", 2), F(1, 3, 3, 2));
        yield return new("Einsum", none.With("equation", "ij,jk->ik"), F(2, 3), F(2, 3));
        yield return new("Einsum", none.With("equation", "ij,jk->ik"), F(2, 3), F(3));
        yield return new("ReduceSum", none, F(2, 3), Operand.Constant(3));
        yield return new("ReduceMax", none.With("axes", [3L]), F(2, 3));
        yield return new("ReduceProd", none.With("axes", [3L]), F(2, 3));
        yield return new("LogSoftmax", none.With("axis", 3), F(2, 3));
    }
}
