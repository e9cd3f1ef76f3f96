using Tacit.Graphs;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>
/// Small networks whose weights and inputs are small integers: their sums are exact, so the results are equal on every machine.
/// </summary>
/// <remarks>
/// The numbers of channels are multiples of 16, because kernels of some processors fill incomplete blocks with arbitrary memory.
/// </remarks>
internal static class WholeNumberNetworks
{
    /// <summary>A residual block with a convolution on its shortcut.</summary>
    public static Model Residual()
    {
        var layers = Layers("residual");
        var stem = layers.Relu("stem.relu", layers.ConvNorm("stem", "stem.norm", layers.Images(8, least: 8), 3, 16, kernel: 3));
        var inner = layers.Relu("inner.relu", layers.ConvNorm("inner", "inner.norm", stem, 16, 32, kernel: 3, stride: 2));
        var body = layers.ConvNorm("body", "body.norm", inner, 32, 32, kernel: 3);
        var shortcut = layers.ConvNorm("shortcut", "shortcut.norm", stem, 16, 32, kernel: 1, stride: 2);
        var sum = layers.Relu("relu", layers.Graph.Add("Add", [body, shortcut], name: "sum"));
        return WithWholeNumbers(layers.Classifier("fc", layers.Features(sum), 32, 10));
    }

    /// <summary>
    /// Depthwise and pointwise layers between 0 and 6, and a batch norm of the pooled channels without a convolution before it.
    /// </summary>
    public static Model Separable()
    {
        var layers = Layers("separable");
        var stem = layers.Relu6("stem.relu", layers.ConvNorm("stem", "stem.norm", layers.Images(8, least: 8), 3, 16, kernel: 3));
        var depthwise = layers.ConvNorm("depthwise", "depthwise.norm", stem, 16, 16, kernel: 3, stride: 2, groups: 16);
        var pointwise = layers.ConvNorm("pointwise", "pointwise.norm", layers.Relu6("depthwise.relu", depthwise), 16, 128, kernel: 1);
        var pooled = layers.Graph.Add("GlobalAveragePool", [layers.Relu6("pointwise.relu", pointwise)], name: "pool");
        var head = layers.Norm("head.norm", pooled, 128);
        var features = layers.Graph.Add("Flatten", [head], Attributes.None.With("axis", 1), "features");
        return WithWholeNumbers(layers.Classifier("fc", features, 128, 10));
    }

    /// <summary>Two layers on clips. The first has few enough channels for its window to be unfolded.</summary>
    public static Model Clips()
    {
        var layers = Layers("clips", axes: 3);
        var stem = layers.ConvNorm("stem", "stem.norm", layers.Videos(frames: 4, size: 8), 3, 16, kernel: 3);
        var second = layers.ConvNorm("second", "second.norm", layers.Relu("stem.relu", stem), 16, 32, kernel: 3, stride: 2);
        return WithWholeNumbers(layers.Classifier("fc", layers.Features(layers.Relu("second.relu", second)), 32, 10));
    }

    /// <summary>Two inputs of a network with integers from -2 to 2.</summary>
    public static TensorData Samples(Model model)
    {
        var sizes = model.Graph.Inputs[0].Type.Shape.Skip(1).Select(size => size.Size);
        return Integers("samples", -2, 2, [2, .. sizes]);
    }

    // Together with a variance of 0.75, this makes 1.
    private static LayerBuilder Layers(string name, int axes = 2) => new(name, seed: 0) { Axes = axes, Epsilon = 0.25f };

    private static Model WithWholeNumbers(Model model) =>
        new(
            model.Graph,
            model.Weights.With(
                model
                    .Graph.Initializers.Values.Where(initializer => initializer.Role != WeightRole.Constant)
                    .Select(initializer => KeyValuePair.Create(initializer.Name, Of(initializer)))
            )
        );

    private static TensorData Of(Initializer initializer)
    {
        long[] sizes = [.. initializer.Type.Shape.Select(size => size.Size)];
        return initializer.Name switch
        {
            var name when name.EndsWith(".running_var", StringComparison.Ordinal) => Filled(0.75f, sizes[0]),
            var name when name.EndsWith("norm.weight", StringComparison.Ordinal) => Integers(name, -1, 2, sizes),
            var name => Integers(name, -5, 5, sizes),
        };
    }

    private static TensorData Filled(float value, long count) => TensorData.Of<float>([.. Enumerable.Repeat(value, (int)count)]);

    private static TensorData Integers(string name, int lowest, int highest, long[] sizes)
    {
        var random = new RandomStream(1, name);
        var count = (int)sizes.Aggregate(1L, (product, size) => product * size);
        return TensorData.Of<float>(
            [.. Enumerable.Range(0, count).Select(_ => (float)(lowest + random.NextInt32(highest - lowest + 1)))],
            sizes
        );
    }
}
