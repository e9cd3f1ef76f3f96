using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Computes the outputs of a node.</summary>
/// <remarks>
/// The results are new tensors that the caller disposes, never an operand itself. If nothing changes, the result is an alias of the
/// operand.
/// </remarks>
/// <param name="x">The inputs of the node.</param>
internal delegate Tensor[] Kernel(Operands x);

/// <summary>The inputs of a node in one run.</summary>
/// <param name="values">The values of the run, by slot.</param>
/// <param name="slots">The slot of each input; -1 for an omitted one.</param>
/// <param name="isTraining">Whether batch norms and dropout behave as in training.</param>
internal readonly struct Operands(Tensor?[] values, int[] slots, bool isTraining)
{
    /// <summary>The number of inputs, including omitted ones.</summary>
    public int Count => slots.Length;

    /// <summary>Whether batch norms and dropout behave as in training.</summary>
    public bool IsTraining => isTraining;

    /// <summary>Returns an input that the operator requires.</summary>
    public Tensor this[int index] => values[slots[index]]!;

    /// <summary>Returns an optional input; null if it is omitted.</summary>
    public Tensor? OrNull(int index) => index < slots.Length && slots[index] >= 0 ? values[slots[index]] : null;
}

/// <summary>Gives a kernel what is known about its node before any run: attributes and constant inputs.</summary>
/// <remarks>
/// Only initializers of role <see cref="WeightRole.Constant"/> are constant. Parameters and statistics may change between runs.
/// </remarks>
/// <param name="node">The node.</param>
/// <param name="model">The network that contains it.</param>
internal sealed class NodeSource(Node node, Model model)
{
    /// <summary>The node.</summary>
    public Node Node => node;

    /// <summary>The attributes of the node, in their opset-17 form.</summary>
    public Attributes Attributes => node.Attributes;

    /// <summary>Returns whether the node has an optional input.</summary>
    public bool Has(int index) => node.InputOrNull(index) is not null;

    /// <summary>Returns the element type of an input; null if it is omitted or is not an initializer.</summary>
    public ElementType? ElementOf(int index) =>
        node.InputOrNull(index) is { } name && model.Graph.Initializers.TryGetValue(name, out var initializer)
            ? initializer.Type.Element
            : null;

    /// <summary>Returns an input of integers, such as axes. A constant is read now, any other input in each run.</summary>
    public IntegerOperand Integers(int index) =>
        new(index, Constant(index) is { } data && !data.Element.IsFloatingPoint() ? data.ToInt64() : null);

    /// <summary>
    /// Returns an input of real numbers, such as the scales of a Resize. A constant is read now, any other input in each run.
    /// </summary>
    public RealOperand Reals(int index) =>
        new(index, Constant(index) is { Element: ElementType.Float32 } data ? data.As<float>().ToArray() : null);

    /// <summary>Returns a constant input that has one element; null if it is omitted, not constant, or has several elements.</summary>
    public double? Number(int index)
    {
        if (Constant(index) is not { Count: 1 } data)
        {
            return null;
        }

        return data.Element switch
        {
            ElementType.Float32 => data.As<float>()[0],
            ElementType.Float64 => data.As<double>()[0],
            ElementType.Float16 or ElementType.BFloat16 => null,
            _ => data.ToInt64()[0],
        };
    }

    /// <summary>Creates the exception for a form of the operator that cannot be executed.</summary>
    /// <param name="what">The unsupported form, for example "the mode cubic".</param>
    public UnsupportedOperatorException Unsupported(string what) =>
        new($"{node}: {what} is not supported") { Operator = node.Operator, Node = node.Name };

    private TensorData? Constant(int index) =>
        node.InputOrNull(index) is { } name
        && model.Graph.Initializers.TryGetValue(name, out var initializer)
        && initializer.Role == WeightRole.Constant
            ? model.Weights[name]
            : null;
}

/// <summary>An input of integers that controls an operator, such as the sizes of a Reshape.</summary>
/// <param name="Index">The index of the input.</param>
/// <param name="Known">The integers if the input is constant; otherwise null.</param>
internal readonly record struct IntegerOperand(int Index, long[]? Known)
{
    /// <summary>
    /// Returns the integers; null if the input is omitted. A value on a GPU is copied to the host, which waits for the device.
    /// </summary>
    public long[]? Read(Operands x)
    {
        if (Known is not null)
        {
            return Known;
        }

        if (x.OrNull(Index) is not { } tensor)
        {
            return null;
        }

        using var wide = tensor.to(ScalarType.Int64);
        using var host = wide.cpu();
        return host.data<long>().ToArray();
    }
}

/// <summary>An input of real numbers that controls an operator, such as the scales of a Resize.</summary>
/// <param name="Index">The index of the input.</param>
/// <param name="Known">The numbers if the input is constant; otherwise null.</param>
internal readonly record struct RealOperand(int Index, float[]? Known)
{
    /// <summary>
    /// Returns the numbers; null if the input is omitted. A value on a GPU is copied to the host, which waits for the device.
    /// </summary>
    public float[]? Read(Operands x)
    {
        if (Known is not null)
        {
            return Known;
        }

        if (x.OrNull(Index) is not { } tensor)
        {
            return null;
        }

        using var single = tensor.to(ScalarType.Float32);
        using var host = single.cpu();
        return host.data<float>().ToArray();
    }
}

/// <summary>Resolves negative axes, which ONNX counts from the end.</summary>
internal static class Axes
{
    /// <summary>Returns a non-negative axis: -1 becomes <paramref name="rank"/> - 1.</summary>
    public static long From(long axis, long rank) => axis < 0 ? axis + rank : axis;

    /// <summary>Returns non-negative axes in the same order.</summary>
    public static long[] From(long[] axes, long rank) => [.. axes.Select(axis => From(axis, rank))];
}
