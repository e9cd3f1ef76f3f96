using System.Runtime.InteropServices;
using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx;

/// <summary>Checks the weights of a network when it is read.</summary>
internal static class ModelChecks
{
    /// <summary>Verifies that parameters and statistics contain neither NaN nor infinity.</summary>
    /// <remarks>
    /// Constants may contain infinity, for example as the bounds of a Clip. Initializers are checked in the order of their names, so the
    /// message is the same each time. The cost is one pass over all weights.
    /// </remarks>
    /// <exception cref="UnsuitableModelException">A weight is not finite. The message names the initializer and the element.</exception>
    public static void CheckFinite(Model model, OnnxSource source)
    {
        foreach (
            var initializer in model
                .Graph.Initializers.Values.Where(initializer => initializer.Role != WeightRole.Constant)
                .OrderBy(initializer => initializer.Name, StringComparer.Ordinal)
        )
        {
            var index = FirstNotFinite(model.Weights[initializer.Name]);
            if (index >= 0)
            {
                throw source.Unsuitable(
                    $"the initializer {initializer.Name} ({initializer.Type}) holds NaN or infinity at element {index}; the network is broken",
                    initializer.Name
                );
            }
        }
    }

    /// <summary>Verifies that no BatchNormalization divides by zero: variance + epsilon must be positive in every channel.</summary>
    /// <exception cref="UnsuitableModelException">It is not. The message names the node and the channel.</exception>
    public static void CheckNorms(Model model, OnnxSource source)
    {
        foreach (var norm in model.Graph.Nodes.Where(node => node.Operator == "BatchNormalization"))
        {
            if (!model.Weights.TryGetValue(norm.Inputs[4], out var variance) || variance.Element != ElementType.Float32)
            {
                continue;
            }

            var epsilon = norm.Attributes.Float("epsilon", 1e-5f);
            var channel = variance.As<float>().ToArray().ToList().FindIndex(value => value + (double)epsilon <= 0);
            if (channel >= 0)
            {
                throw source.Unsuitable(
                    $"the BatchNormalization {norm.Name} divides by zero: its variance is {variance.As<float>()[channel]} in channel {channel}, "
                        + $"and its epsilon is {epsilon}; export the network with an epsilon such as 1e-5",
                    norm.Name
                );
            }
        }
    }

    /// <summary>
    /// Returns the index of the first element that is NaN or infinite, whose exponent bits are all set; -1 if there is none.
    /// </summary>
    private static int FirstNotFinite(TensorData tensor) =>
        tensor.Element switch
        {
            ElementType.Float32 => IndexOf<uint>(tensor, bits => (bits & 0x7F800000) == 0x7F800000),
            ElementType.Float64 => IndexOf<ulong>(tensor, bits => (bits & 0x7FF0000000000000) == 0x7FF0000000000000),
            ElementType.Float16 => IndexOf<ushort>(tensor, bits => (bits & 0x7C00) == 0x7C00),
            ElementType.BFloat16 => IndexOf<ushort>(tensor, bits => (bits & 0x7F80) == 0x7F80),
            _ => -1,
        };

    private static int IndexOf<T>(TensorData tensor, Predicate<T> found)
        where T : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
        for (var i = 0; i < elements.Length; i++)
        {
            if (found(elements[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
