using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Computes a node's outputs: fresh tensors, none of them an operand itself (an alias where nothing changes).</summary>
internal delegate Tensor[] Kernel(Operands x);

/// <summary>The inputs of a node in one run.</summary>
internal readonly struct Operands(Tensor?[] values, int[] slots, bool isTraining)
{
    public int Count => slots.Length;

    /// <summary>Whether batch norms and dropout behave as in training.</summary>
    public bool IsTraining => isTraining;

    public Tensor this[int index] => values[slots[index]]!;

    public Tensor? OrNull(int index) => index < slots.Length && slots[index] >= 0 ? values[slots[index]] : null;
}

/// <summary>What is known of a node before any run: its attributes and the constants among its inputs.</summary>
internal sealed class NodeSource(Node node, Model model)
{
    public Node Node => node;

    public Attributes Attributes => node.Attributes;

    public bool Has(int index) => node.InputOrNull(index) is not null;

    /// <summary>The element type of an input where it is an initializer.</summary>
    public ElementType? ElementOf(int index) =>
        node.InputOrNull(index) is { } name && model.Graph.Initializers.TryGetValue(name, out var initializer)
            ? initializer.Type.Element
            : null;

    /// <summary>An input that says how to compute: known now where it is a constant, else read in each run.</summary>
    public IntegerOperand Integers(int index) =>
        new(index, Constant(index) is { } data && !data.Element.IsFloatingPoint() ? data.ToInt64() : null);

    /// <summary>The same for real numbers, such as the scales of a resize.</summary>
    public RealOperand Reals(int index) =>
        new(index, Constant(index) is { Element: ElementType.Float32 } data ? data.As<float>().ToArray() : null);

    /// <summary>A single number among the inputs; null where it is not known now.</summary>
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

    /// <summary>The error for a form of the operator that cannot be executed.</summary>
    public UnsupportedOperatorException Unsupported(string what) =>
        new($"{node}: {what} is not supported") { Operator = node.Operator, Node = node.Name };

    private TensorData? Constant(int index) =>
        node.InputOrNull(index) is { } name
        && model.Graph.Initializers.TryGetValue(name, out var initializer)
        && initializer.Role == WeightRole.Constant
            ? model.Weights[name]
            : null;
}

/// <summary>Integers that say how to compute, such as the sizes of a reshape.</summary>
internal readonly record struct IntegerOperand(int Index, long[]? Known)
{
    /// <summary>The integers; null where the input is left out.</summary>
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

/// <summary>Real numbers that say how to compute, such as the scales of a resize.</summary>
internal readonly record struct RealOperand(int Index, float[]? Known)
{
    /// <summary>The numbers; null where the input is left out.</summary>
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

/// <summary>Axes counted from the end become axes counted from the start.</summary>
internal static class Axes
{
    public static long From(long axis, long rank) => axis < 0 ? axis + rank : axis;

    public static long[] From(long[] axes, long rank) => [.. axes.Select(axis => From(axis, rank))];
}
