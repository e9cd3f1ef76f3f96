namespace Tacit.Graphs.Operators;

/// <summary>An operator that combines tensors element by element, after they have been broadcast as in NumPy.</summary>
internal abstract class Broadcasting(string name, int minimumInputs, int maximumInputs) : OperatorSchema(name, minimumInputs, maximumInputs)
{
    /// <summary>The elements of a tensor that broadcasts to the given sizes, in their order.</summary>
    public static PartialTensor Spread(PartialTensor tensor, long[] sizes) =>
        tensor.Rearrange(
            sizes,
            place => [.. place[(sizes.Length - tensor.Sizes.Length)..].Select((at, axis) => tensor.Sizes[axis] == 1 ? 0 : at)]
        );

    internal sealed override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [new TensorType(ElementOf(call), Enumerable.Range(0, call.InputCount).Select(call.Shape).Aggregate(call.Broadcast))];

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

    internal sealed override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.AlignFirst(carries, Enumerable.Range(0, call.InputCount).Max(input => call.Shape(input).Rank));

    /// <summary>The type of the result's elements.</summary>
    /// <exception cref="UnsuitableModelException">Those of the inputs do not fit.</exception>
    protected abstract ElementType ElementOf(OperatorCall call);

    /// <summary>One element of the result, of those of the inputs.</summary>
    protected abstract Number Combine(IEnumerable<Number> operands);
}
