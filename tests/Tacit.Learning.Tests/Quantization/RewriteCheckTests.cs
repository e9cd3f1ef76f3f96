using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization;

namespace Tacit.Learning.Tests.Quantization;

[NoTensorLeaks]
public sealed class RewriteCheckTests
{
    [Fact]
    public void The_network_of_the_file_passes() => RewriteCheck.Check(QuantizationSource.Of(Network(2, 3, 1)));

    [Fact]
    public void The_first_value_that_differs_is_named()
    {
        var source = new QuantizationSource(Network(2, 3.1f, 1), OriginalNetwork.Of(Network(2, 3, 1)));

        var error = Assert.Throws<UnsuitableModelException>(() => RewriteCheck.Check(source));

        Assert.Equal("second", error.Node);
        Assert.Contains("the first value that differs is second, by", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_single_precision_leaves_passes() =>
        RewriteCheck.Check(new QuantizationSource(Network(2, 3.0003f, 1), OriginalNetwork.Of(Network(2, 3, 1))));

    [Fact]
    public void A_network_of_numbers_that_are_not_finite_is_refused()
    {
        var error = Assert.Throws<UnsuitableModelException>(() => RewriteCheck.Check(QuantizationSource.Of(Network(2, 3, 0))));

        Assert.Contains("not finite", error.Message, StringComparison.Ordinal);
    }

    // A mean over the batch depends on the batch, which a test with a single batch does not show.
    [Fact]
    public void An_opened_network_that_mixes_samples_is_found_out()
    {
        var source = new QuantizationSource(Mixing("N"), OriginalNetwork.Of(Mixing(1)));

        Assert.Throws<UnsuitableModelException>(() => RewriteCheck.Check(source));
        RewriteCheck.Check(QuantizationSource.Of(Mixing(1)));
    }

    [Fact]
    public void A_file_of_images_with_the_channels_last_is_given_them_so()
    {
        var builder = new GraphBuilder("last");
        var x = builder.Add("Transpose", [builder.Input("x", new("N", 4, 5, 3))], Attributes.None.With("perm", [0, 3, 1, 2]));
        builder.Output(builder.Add("ReduceMean", [x], Attributes.None.With("axes", [2, 3]).With("keepdims", 0)), new("N", 3));
        var file = builder.Build();
        var source = new QuantizationSource(Tacit.Graphs.Passes.Canonical.ChannelsLastInput.Without(file), OriginalNetwork.Of(file));

        RewriteCheck.Check(source with { Layout = ImageLayout.ChannelsLast });
        Assert.Throws<ArgumentException>(() => RewriteCheck.Check(source));
    }

    private static Model Network(float first, float second, float divisor)
    {
        var builder = new GraphBuilder("net");
        var x = builder.Input("x", new("N", 3, 4, 4));
        foreach (var (name, factor) in new[] { ("first", first), ("second", second) })
        {
            x = builder.Add("Mul", [x, builder.Initializer("factor", TensorData.Scalar(factor))], name: name);
        }

        x = builder.Add("Div", [x, builder.Initializer("divisor", TensorData.Scalar(divisor))], name: "third");
        builder.Output(builder.Add("ReduceMean", [x], Attributes.None.With("axes", [2, 3]).With("keepdims", 0), "y"), new("N", 3));
        return builder.Build();
    }

    private static Model Mixing(Dimension batch)
    {
        var builder = new GraphBuilder("net");
        var x = builder.Input("x", new(batch, 3, 4, 4));
        x = builder.Add("Sub", [builder.Add("Exp", [x]), builder.Add("ReduceMean", [x], Attributes.None.With("axes", [0]))]);
        builder.Output(builder.Add("ReduceMean", [x], Attributes.None.With("axes", [2, 3]).With("keepdims", 0), "y"), new(batch, 3));
        return builder.Build();
    }
}
