using Tacit.Graphs;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Learning.Tests.Quantization.Hast;

public sealed class FeaturePointsTests
{
    [Theory]
    [InlineData(ShortcutKind.Padding)]
    [InlineData(ShortcutKind.Projection)]
    public void A_residual_network_has_one_for_each_body(ShortcutKind shortcut)
    {
        var graph = ResNetCifar.Build(20, 10, shortcut: shortcut).Graph;

        var points = FeaturePoints.Of(graph);

        Assert.Equal(9, points.Length);
        Assert.All(points, point => Assert.Equal("BatchNormalization", graph.Producer(point)!.Operator));
        Assert.All(points, point => Assert.Contains(graph.Consumers(point), reader => reader.Operator == "Add"));
    }

    [Fact]
    public void Linear_bottlenecks_count_with_and_without_a_shortcut()
    {
        var builder = new GraphBuilder("bottlenecks");
        var x = builder.Input("x", new("N", 4, 8, 8));
        var first = Bottleneck(builder, "a", x);
        var second = Bottleneck(builder, "b", first);
        var sum = builder.Add("Add", [first, second]);
        builder.Output(Conv(builder, "head", sum, 1), new("N", 4, 8, 8));

        Assert.Equal(["a.linear", "b.linear"], FeaturePoints.Of(builder.Build().Graph));
    }

    [Fact]
    public void Point_wise_after_depth_wise_counts()
    {
        var builder = new GraphBuilder("separable");
        var stem = builder.Add("Relu", [Conv(builder, "stem", builder.Input("x", new("N", 4, 8, 8)), 3)]);
        var depthwise = builder.Add("Relu", [Conv(builder, "depthwise", stem, 3, groups: 4)]);
        builder.Output(builder.Add("Relu", [Conv(builder, "pointwise", depthwise, 1)]), new("N", 4, 8, 8));

        Assert.Equal(["pointwise"], FeaturePoints.Of(builder.Build().Graph));
    }

    [Fact]
    public void A_plain_network_has_all_but_its_last_convolution()
    {
        var builder = new GraphBuilder("plain");
        var value = builder.Input("x", new("N", 4, 8, 8));
        foreach (var name in new[] { "one", "two", "three" })
        {
            value = builder.Add("Relu", [Conv(builder, name, value, 3)]);
        }

        builder.Output(value, new("N", 4, 8, 8));

        Assert.Equal(["one", "two"], FeaturePoints.Of(builder.Build().Graph));
    }

    private static string Bottleneck(GraphBuilder builder, string name, string value)
    {
        var wide = builder.Add("Relu", [Conv(builder, name + ".expand", value, 1)]);
        var depthwise = builder.Add("Relu", [Conv(builder, name + ".depthwise", wide, 3, groups: 4)]);
        return Conv(builder, name + ".linear", depthwise, 1);
    }

    private static string Conv(GraphBuilder builder, string name, string input, int kernel, int groups = 1)
    {
        var weight = builder.Initializer(
            name + ".weight",
            TensorData.Of<float>(new float[4 * 4 / groups * kernel * kernel], 4, 4 / groups, kernel, kernel)
        );
        var pad = kernel / 2;
        return builder.Add("Conv", [input, weight], Attributes.None.With("group", groups).With("pads", [pad, pad, pad, pad]), name);
    }
}
