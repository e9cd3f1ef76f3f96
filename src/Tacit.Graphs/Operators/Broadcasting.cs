namespace Tacit.Graphs.Operators;

/// <summary>Base class of operators that combine their inputs element by element after NumPy broadcasting.</summary>
/// <param name="name">The ONNX operator name.</param>
/// <param name="minimumInputs">The smallest number of inputs a node may have.</param>
/// <param name="maximumInputs">The largest number of inputs a node may have.</param>
internal abstract class Broadcasting(string name, int minimumInputs, int maximumInputs) : OperatorSchema(name, minimumInputs, maximumInputs)
{
    /// <summary>Repeats the elements of a tensor so that it has the given sizes.</summary>
    /// <param name="tensor">A tensor that broadcasts to <paramref name="sizes"/>.</param>
    /// <param name="sizes">The sizes of the result, one for each axis.</param>
    /// <returns>The expanded tensor, in row-major order.</returns>
    public static PartialTensor Spread(PartialTensor tensor, long[] sizes) =>
        tensor.Rearrange(
            sizes,
            place => [.. place[(sizes.Length - tensor.Sizes.Length)..].Select((at, axis) => tensor.Sizes[axis] == 1 ? 0 : at)]
        );

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [new TensorType(ElementOf(call), Enumerable.Range(0, call.InputCount).Select(call.Shape).Aggregate(call.Broadcast))];

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var (element, sizes) = (outputs[0].Element, outputs[0].Shape.ToSizes());
        var operands = Enumerable.Range(0, call.InputCount).Select(call.Value).OfType<PartialTensor>().ToArray();
        if (operands.Length < call.InputCount)
        {
            return null;
        }

        var spread = Array.ConvertAll(operands, operand => Spread(operand, sizes).Elements);
        return
        [
            new PartialTensor(element, sizes, [.. spread[0].Select((_, i) => Combine(spread.Select(numbers => numbers[i])).As(element))]),
        ];
    }

    /// <inheritdoc/>
    internal sealed override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, Enumerable.Range(0, call.InputCount).Max(input => call.Shape(input).Rank));

    /// <summary>Returns the element type of the result.</summary>
    /// <exception cref="UnsuitableModelException">The element types of the inputs do not fit the operator.</exception>
    protected abstract ElementType ElementOf(OperatorCall call);

    /// <summary>Computes one element of the result.</summary>
    /// <param name="operands">The element of each input at the same place, in the order of the inputs.</param>
    /// <returns>The element, or <see cref="Number.Unknown"/> when it does not follow from <paramref name="operands"/>.</returns>
    protected abstract Number Combine(IEnumerable<Number> operands);
}
