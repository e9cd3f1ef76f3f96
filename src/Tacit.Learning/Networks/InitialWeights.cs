using Tacit.Graphs;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Networks;

/// <summary>Draws the random weights with which training starts.</summary>
/// <remarks>
/// <para>
/// Weights of convolutions and linear layers are normally distributed with mean 0 and variance 2 / inputs (He et al. 2015, "Delving Deep
/// into Rectifiers", equation 10). Biases are 0. Normalisations have scale 1, shift 0, running mean 0 and running variance 1.
/// </para>
/// <para>
/// Each weight has a random stream that depends on the seed and the weight's name. A weight therefore does not change when layers are added
/// or removed elsewhere.
/// </para>
/// </remarks>
internal static class InitialWeights
{
    /// <summary>Draws the weights of a layer from N(0, 2 / inputs).</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="name">The name of the weight, which selects its random stream.</param>
    /// <param name="sizes">The shape of the weight.</param>
    /// <param name="inputs">The number of products that are summed for one output (fan-in).</param>
    public static TensorData KaimingNormal(ulong seed, string name, ReadOnlySpan<long> sizes, long inputs)
    {
        var values = new float[Count(sizes)];
        new RandomStream(seed, $"initial weights/{name}").FillGaussian(values);
        var deviation = (float)Math.Sqrt(2.0 / inputs);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= deviation;
        }

        return TensorData.Of<float>(values, sizes);
    }

    /// <summary>Returns a tensor with the same number in every element.</summary>
    public static TensorData Filled(ReadOnlySpan<long> sizes, float value)
    {
        var values = new float[Count(sizes)];
        Array.Fill(values, value);
        return TensorData.Of<float>(values, sizes);
    }

    /// <summary>Returns the number of elements of a shape: the product of its sizes.</summary>
    public static long Count(ReadOnlySpan<long> sizes)
    {
        var count = 1L;
        foreach (var size in sizes)
        {
            count *= size;
        }

        return count;
    }

    /// <summary>Returns a network with new random weights, to train it from scratch.</summary>
    /// <remarks>
    /// A network of the zoo gets exactly the weights with which it is built at this seed. Constants, and scalars such as the bounds of a
    /// Clip, are part of the structure and stay.
    /// </remarks>
    /// <param name="model">The network. Its weights are replaced.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="UnsuitableModelException">
    /// A weight belongs to none of the operators Conv, Gemm, MatMul and the normalisations, so its initial value is unknown.
    /// </exception>
    public static Model Of(Model model, ulong seed)
    {
        var fresh = model.Weights.ToDictionary(weight => weight.Key, weight => weight.Value, StringComparer.Ordinal);
        foreach (var node in model.Graph.Nodes)
        {
            for (var place = 0; place < node.Inputs.Length; place++)
            {
                if (model.Graph.Initializers.TryGetValue(node.Inputs[place], out var weight) && IsLearnt(weight))
                {
                    fresh[weight.Name] = Of(node, place, weight.Name, fresh[weight.Name].Sizes.AsSpan(), seed);
                }
            }
        }

        return new Model(model.Graph, new Weights(fresh), model.Metadata);
    }

    /// <summary>
    /// Returns whether a weight is learned. Constants, and scalars such as the bounds of a Clip, belong to the structure.
    /// </summary>
    private static bool IsLearnt(Initializer weight) =>
        weight.Role != WeightRole.Constant && weight.Type.Element == ElementType.Float32 && weight.Type.Shape.Rank > 0;

    private static TensorData Of(Node node, int place, string name, ReadOnlySpan<long> sizes, ulong seed) =>
        (node.Operator, place) switch
        {
            ("Conv", 1) => KaimingNormal(seed, name, sizes, Count(sizes[1..])),
            ("Gemm", 1) => KaimingNormal(seed, name, sizes, node.Attributes.Int("transB") == 1 ? sizes[1] : sizes[0]),
            ("MatMul", 1) when sizes.Length > 1 => KaimingNormal(seed, name, sizes, sizes[^2]),
            ("Conv" or "Gemm", 2) => Filled(sizes, 0),
            ("BatchNormalization" or "InstanceNormalization" or "LayerNormalization", 1) => Filled(sizes, 1),
            ("BatchNormalization" or "InstanceNormalization" or "LayerNormalization", 2) => Filled(sizes, 0),
            ("BatchNormalization", 3) => Filled(sizes, 0),
            ("BatchNormalization", 4) => Filled(sizes, 1),
            _ => throw new UnsuitableModelException(
                $"the network cannot be trained from scratch: it is not known how {name}, which {node} reads, begins"
            )
            {
                Node = node.Name,
            },
        };
}
