namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Gemm: alpha * A * B + beta * C.</summary>
/// <remarks>
/// A has the shape (M, K) and B has the shape (K, N), after a transposition where <c>transA</c> or <c>transB</c> is nonzero. C is optional
/// and must broadcast to the output (M, N). The cost is M * N * K multiply-accumulates.
/// </remarks>
internal sealed class Gemm() : OperatorSchema("Gemm", 2, 3)
{
    /// <inheritdoc/>
    public override long MultiplyAccumulates(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType> outputs)
    {
        var inner = inputs[0]!.Shape[node.Attributes.Int("transA") != 0 ? 0 : 1];
        return checked(outputs[0].Shape.ElementCount * inner.Size);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        var (a, b) = (Matrix(call, 0, "transA"), Matrix(call, 1, "transB"));
        call.Same(a.Columns, b.Rows, "the inner sizes of the matrices");
        var shape = new Shape(a.Rows, b.Columns);
        if (call.Has(2) && !call.Broadcast(call.Shape(2), shape).Equals(shape))
        {
            throw call.Error($"the addend {call.Shape(2)} does not broadcast to {shape}");
        }

        return [call.Type(0) with { Shape = shape }];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        !carries[1] && call.Attributes.Int("transA") == 0 && call.AlignFirst(carries, 2);

    private static (Dimension Rows, Dimension Columns) Matrix(OperatorCall call, int input, string transpose)
    {
        var shape = call.OfRank(input, 2, $"input {input}");
        return call.Attributes.Int(transpose) != 0 ? (shape[1], shape[0]) : (shape[0], shape[1]);
    }
}

/// <summary>Shape inference for MatMul, the matrix product of NumPy.</summary>
/// <remarks>
/// Matrices are in the last two axes; the axes before them broadcast. A vector on the left is a row, and a vector on the right is a column;
/// the added axis is removed from the result.
/// </remarks>
internal sealed class MatMul() : OperatorSchema("MatMul", 2, 2)
{
    /// <inheritdoc/>
    public override long MultiplyAccumulates(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType> outputs) =>
        checked(outputs[0].Shape.ElementCount * inputs[0]!.Shape[inputs[0]!.Shape.Rank - 1].Size);

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        var (left, right) = (call.Shape(0), call.Shape(1));
        if (left.Rank == 0 || right.Rank == 0)
        {
            throw call.Error("a scalar has no matrix product");
        }

        call.Same(left[left.Rank - 1], right[Math.Max(0, right.Rank - 2)], "the inner sizes of the matrices");
        var batch = call.Broadcast(new Shape([.. left.SkipLast(2)]), new Shape([.. right.SkipLast(2)]));
        Dimension[] rows = left.Rank > 1 ? [left[left.Rank - 2]] : [];
        Dimension[] columns = right.Rank > 1 ? [right[right.Rank - 1]] : [];
        return [call.Type(0) with { Shape = new Shape([.. batch, .. rows, .. columns]) }];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, Math.Max(call.Shape(0).Rank, call.Shape(1).Rank));
}
