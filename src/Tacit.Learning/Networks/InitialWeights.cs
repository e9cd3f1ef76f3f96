using Tacit.Graphs;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Networks;

/// <summary>The random weights that networks begin with; every weight has a random stream of its own, named after it.</summary>
/// <remarks>Weights are drawn as in He et al. 2015 (normal, variance 2 / inputs), biases start at 0, normalisations at scale 1 and shift 0.</remarks>
internal static class InitialWeights
{
    /// <summary>Weights of a layer.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="name">The weight's name.</param>
    /// <param name="sizes">Its sizes.</param>
    /// <param name="inputs">How many inputs one output is a sum over.</param>
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

    /// <summary>The same number everywhere.</summary>
    public static TensorData Filled(ReadOnlySpan<long> sizes, float value)
    {
        var values = new float[Count(sizes)];
        Array.Fill(values, value);
        return TensorData.Of<float>(values, sizes);
    }

    /// <summary>The number of elements.</summary>
    public static long Count(ReadOnlySpan<long> sizes)
    {
        var count = 1L;
        foreach (var size in sizes)
        {
            count *= size;
        }

        return count;
    }

    /// <summary>A network as it would begin to learn: its graph with fresh weights. A network of the zoo gets those that it is built with at this seed.</summary>
    /// <param name="model">The network; its own weights are not used, but for numbers that are part of the structure.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="UnsuitableModelException">It has a weight of which it is not known how it begins.</exception>
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

    // A single number, such as a bound of Clip, is part of the structure.
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
