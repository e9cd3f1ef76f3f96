using System.Collections.Immutable;

namespace Tacit.Graphs.Operators;

/// <summary>What Tacit knows of an operator without computing it: its inputs, the types it gives, and what it costs.</summary>
/// <remarks>Operators are those of the graph's dialect (ONNX opset 17, see <see cref="Graph"/>) and Tacit's own FakeQuantize.</remarks>
public abstract class OperatorSchema
{
    private protected OperatorSchema(string name, int minimumInputs, int maximumInputs, params ReadOnlySpan<int> structural)
    {
        Name = name;
        MinimumInputs = minimumInputs;
        MaximumInputs = maximumInputs;
        StructuralInputs = [.. structural];
    }

    /// <summary>The name of the operator, as in <see cref="Node.Operator"/>.</summary>
    public string Name { get; }

    /// <summary>The number of inputs that a node must have; none of them may be left out.</summary>
    public int MinimumInputs { get; }

    /// <summary>The number of inputs that a node may have; <see cref="int.MaxValue"/> where there is no limit.</summary>
    public int MaximumInputs { get; }

    /// <summary>The number of outputs that a node may have; <see cref="int.MaxValue"/> where there is no limit.</summary>
    public int MaximumOutputs { get; private protected init; } = 1;

    /// <summary>The inputs that are part of the structure, such as the sizes of a Reshape: an executor needs them to be constant.</summary>
    public ImmutableArray<int> StructuralInputs { get; }

    /// <summary>The multiplications, each with an addition, that a node takes: those of Conv, ConvTranspose, Gemm, MatMul and Einsum; 0 for all others.</summary>
    /// <param name="node">A node of this operator.</param>
    /// <param name="inputs">The types of its inputs; null for one left out.</param>
    /// <param name="outputs">The types of its outputs.</param>
    /// <exception cref="InvalidOperationException">A size that matters is symbolic.</exception>
    public virtual long MultiplyAccumulates(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType> outputs) => 0;

    /// <summary>The types of the outputs, as many as the node has.</summary>
    /// <exception cref="UnsuitableModelException">The inputs do not fit, or a size cannot be determined.</exception>
    internal abstract IReadOnlyList<TensorType> Infer(OperatorCall call);

    /// <summary>What is known of the elements of the outputs; null where nothing is.</summary>
    /// <param name="call">The node and its inputs.</param>
    /// <param name="outputs">The types of the outputs, whose sizes are known and small.</param>
    internal virtual IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) => null;

    /// <summary>
    /// Whether each sample of the outputs depends on the same sample of the inputs alone, where the outputs have the batch as their first
    /// axis. By default the first input may carry the batch, and no other; an operator that mixes places along the first axis without
    /// changing its size has to say so.
    /// </summary>
    /// <param name="call">The node and its inputs.</param>
    /// <param name="carries">Which inputs have the batch as their first axis.</param>
    internal virtual bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => !carries.Skip(1).Contains(true);
}
