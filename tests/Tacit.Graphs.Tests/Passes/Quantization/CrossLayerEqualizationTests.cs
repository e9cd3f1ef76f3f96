using System.Collections.Immutable;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Quantization;

public sealed class CrossLayerEqualizationTests
{
    private static readonly ImmutableArray<ChannelStatistics> OneLargeChannel =
    [
        new(200, 0, 4000),
        new(1, 0, 0.1),
        new(1, 0, 0.1),
        new(1, 0, 0.1),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_large_channel_is_made_smaller_and_the_network_computes_the_same(int groups)
    {
        var file = TwoConvolutions(groups).Bytes;
        var model = OnnxReader.Read(file);

        var balanced = CrossLayerEqualization.Apply(model, Sizes(model, OneLargeChannel), new BitWidths());

        Assert.Equal(["r"], CrossLayerEqualization.Values(model));
        Assert.True(Share(balanced, "w", channel: 0) < Share(model, "w", channel: 0) / 4);
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(balanced));
    }

    [Fact]
    public void A_batch_norm_takes_the_factors_and_keeps_its_statistics()
    {
        var file = Convolutions()
            .Floats("gamma", 4)
            .Floats("beta", 4)
            .Floats("mean", 4)
            .Floats("variance", 4)
            .Node("Conv", "x w", "c")
            .Node("BatchNormalization", "c gamma beta mean variance", "n")
            .Node("Relu", "n", "r")
            .Floats("v", 3, 4, 1, 1)
            .Node("Conv", "r v", "y")
            .Output("y", 0, 3, 4, 4)
            .Bytes;
        var model = OnnxReader.Read(file);

        var balanced = CrossLayerEqualization.Apply(model, Sizes(model, OneLargeChannel), new BitWidths());

        Assert.NotEqual(model.Weights["gamma"].Bytes.ToArray(), balanced.Weights["gamma"].Bytes.ToArray());
        Assert.All(["w", "mean", "variance"], name => Assert.Same(model.Weights[name], balanced.Weights[name]));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(balanced));
    }

    [Fact]
    public void A_linear_layer_behind_a_global_pool_is_divided()
    {
        var file = Convolutions()
            .Node("Conv", "x w", "c")
            .Node("Relu", "c", "r")
            .Node("GlobalAveragePool", "r", "p")
            .Node("Flatten", "p", "f")
            .Floats("v", 4, 5)
            .Node("Gemm", "f v", "y")
            .Output("y", 0, 5)
            .Bytes;
        var model = OnnxReader.Read(file);

        var balanced = CrossLayerEqualization.Apply(model, Sizes(model, OneLargeChannel), new BitWidths());

        Assert.NotSame(model, balanced);
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(balanced));
    }

    [Fact]
    public void Channels_of_one_size_stay_as_they_are()
    {
        var model = OnnxReader.Read(TwoConvolutions(groups: 1).Bytes);
        ImmutableArray<ChannelStatistics> alike = [new(1, 0, 0.1), new(1.2, 0, 0.1), new(0.9, 0, 0.1), new(1, 0, 0.1)];

        Assert.Same(model, CrossLayerEqualization.Apply(model, Sizes(model, alike), new BitWidths()));
    }

    [Theory]
    [InlineData("Sigmoid")]
    [InlineData("Softmax")]
    public void What_does_not_commute_with_a_factor_is_no_place_to_balance(string between)
    {
        var model = OnnxReader.Read(
            Convolutions()
                .Node("Conv", "x w", "c")
                .Node(between, "c", "r")
                .Floats("v", 3, 4, 1, 1)
                .Node("Conv", "r v", "y")
                .Output("y", 0, 3, 4, 4)
                .Bytes
        );

        Assert.Empty(CrossLayerEqualization.Values(model));
    }

    [Fact]
    public void A_value_that_is_also_an_output_or_added_to_another_is_no_place_to_balance()
    {
        var added = Convolutions()
            .Node("Conv", "x w", "c")
            .Node("Relu", "c", "r")
            .Floats("v", 4, 4, 1, 1)
            .Node("Conv", "r v", "d")
            .Node("Add", "d r", "y")
            .Output("y", 0, 4, 4, 4);

        Assert.Empty(CrossLayerEqualization.Values(OnnxReader.Read(TwoConvolutions(groups: 1).Output("r", 0, 4, 4, 4).Bytes)));
        Assert.Empty(CrossLayerEqualization.Values(OnnxReader.Read(added.Bytes)));
    }

    private static OnnxSketch Convolutions() => new OnnxSketch(17).Input("x", 0, 3, 4, 4).Floats("w", 4, 3, 1, 1);

    private static OnnxSketch TwoConvolutions(int groups) =>
        Convolutions()
            .Floats("b", 4)
            .Node("Conv", "x w b", "c")
            .Node("Relu", "c", "r")
            .Initializer("v", TensorData.Of<float>([.. Enumerable.Repeat(0.5f, 16 / groups)], 4, 4 / groups, 1, 1))
            .Node("Conv", "r v", "y", ("group", groups))
            .Output("y", 0, 4, 4, 4);

    private static Dictionary<string, ImmutableArray<ChannelStatistics>> Sizes(Model model, ImmutableArray<ChannelStatistics> sizes) =>
        CrossLayerEqualization.Values(model).ToDictionary(value => value, _ => sizes);

    // Of the magnitudes of all weights, those of one output channel.
    private static double Share(Model model, string name, int channel)
    {
        var weights = model.Weights[name].As<float>().ToArray();
        var row = weights.Length / (int)model.Weights[name].Sizes[0];
        return weights.Skip(channel * row).Take(row).Sum(Math.Abs) / weights.Sum(Math.Abs);
    }
}
