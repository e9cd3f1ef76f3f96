using System.Collections.Immutable;

namespace Tacit.Graphs.Operators;

/// <summary>Describes an operator: its inputs and outputs, the types it produces, and its cost.</summary>
/// <remarks>
/// A schema does not execute the operator. The operators are those of the graph dialect, ONNX opset 17 (see <see cref="Graph"/>), and
/// Tacit's own FakeQuantize. <see cref="OperatorSchemas"/> lists all of them.
/// </remarks>
public abstract class OperatorSchema
{
    /// <summary>Initializes the schema.</summary>
    /// <param name="name">The operator name.</param>
    /// <param name="minimumInputs">The number of required inputs.</param>
    /// <param name="maximumInputs">The largest number of inputs.</param>
    /// <param name="structural">The indices of the inputs that must be constant for execution.</param>
    private protected OperatorSchema(string name, int minimumInputs, int maximumInputs, params ReadOnlySpan<int> structural)
    {
        Name = name;
        MinimumInputs = minimumInputs;
        MaximumInputs = maximumInputs;
        StructuralInputs = [.. structural];
    }

    /// <summary>Gets the operator name, as in <see cref="Node.Operator"/>.</summary>
    public string Name { get; }

    /// <summary>Gets the number of required inputs. The first <see cref="MinimumInputs"/> inputs of a node may not be left out.</summary>
    public int MinimumInputs { get; }

    /// <summary>Gets the largest number of inputs, or <see cref="int.MaxValue"/> when it is unlimited.</summary>
    public int MaximumInputs { get; }

    /// <summary>Gets the largest number of outputs, or <see cref="int.MaxValue"/> when it is unlimited. Default: 1.</summary>
    public int MaximumOutputs { get; private protected init; } = 1;

    /// <summary>
    /// Gets the zero-based indices of the inputs that determine the structure of the result, such as the sizes of a Reshape. They must be
    /// constant for execution.
    /// </summary>
    public ImmutableArray<int> StructuralInputs { get; }

    /// <summary>Returns the number of multiply-accumulate operations (MACs) of a node.</summary>
    /// <remarks>
    /// Only Conv, ConvTranspose, Gemm, MatMul and Einsum are counted; all other operators cost 0. Bias additions are not counted.
    /// </remarks>
    /// <param name="node">A node of this operator.</param>
    /// <param name="inputs">The types of its inputs; null for an input that is left out.</param>
    /// <param name="outputs">The types of its outputs.</param>
    /// <exception cref="InvalidOperationException">A relevant size is symbolic.</exception>
    /// <exception cref="OverflowException">The count exceeds 64 bits.</exception>
    public virtual long MultiplyAccumulates(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType> outputs) => 0;

    /// <summary>Infers the types of the outputs.</summary>
    /// <param name="call">The node and the known properties of its inputs.</param>
    /// <returns>One type for each output.</returns>
    /// <exception cref="UnsuitableModelException">The inputs do not fit, or a size cannot be determined.</exception>
    internal abstract IReadOnlyList<TensorType> Infer(OperatorCall call);

    /// <summary>Computes the elements of the outputs as far as they are known.</summary>
    /// <param name="call">The node and the known properties of its inputs.</param>
    /// <param name="outputs">The types of the outputs. All of them are small enough to follow.</param>
    /// <returns>One tensor for each output, or null when nothing is known. The default implementation returns null.</returns>
    /// <exception cref="ArithmeticException">
    /// The computation overflows or divides by zero; the caller treats the elements as unknown.
    /// </exception>
    internal virtual IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) => null;

    /// <summary>Determines whether each sample of the outputs depends only on the same sample of the inputs.</summary>
    /// <remarks>
    /// This is called when the batch is the first axis of the outputs. The default implementation allows the batch in the first
    /// input only. An operator that moves elements along the first axis without changing its size must override this method.
    /// </remarks>
    /// <param name="call">The node and the known properties of its inputs.</param>
    /// <param name="carries">For each input, whether its first axis is the batch.</param>
    internal virtual bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => !carries.Skip(1).Contains(true);
}
