using CsCheck;
using Tacit.Conformance.Networks;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;

namespace Tacit.Graphs.Tests.Passes.Canonical;

// The reference is ONNX Runtime, which runs the original network.
public sealed class BatchOpeningTests
{
    private const int Networks = 1000;

    [Fact]
    public void An_opened_network_computes_each_batch_as_the_network_did()
    {
        var opened = 0;
        var single = 0;
        Gen.Int[0, int.MaxValue]
            .Sample(
                seed =>
                {
                    var model = RandomNetwork.Shapes(seed).Model;

                    var open = new BatchOpening().Apply(model);

                    if (FixedBatch.Of(open.Graph.Inputs) is null)
                    {
                        Interlocked.Increment(ref opened);
                        Interlocked.Add(ref single, model.Graph.Inputs[0].Type.Shape[0] == 1 ? 1 : 0);
                        var samples = NetworkRun.Noise(model);
                        AssertEqual(NetworkRun.Outputs(model, samples), open, samples);
                    }
                    else
                    {
                        Assert.Equal(OnnxWriter.ToBytes(model), OnnxWriter.ToBytes(open));
                    }
                },
                iter: Networks,
                threads: 1
            );
        Assert.InRange(opened, Networks * 4 / 10, Networks * 9 / 10);
        Assert.InRange(single, Networks * 3 / 10, Networks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_reshape_of_data_copies_the_batch_and_one_of_weights_stays(long batch)
    {
        var builder = new GraphBuilder("net");
        var x = builder.Input("x", new(batch, 4, 6));
        var sizes = builder.Constant("sizes", batch, 24 / batch, -1);
        var weights = builder.Add("Reshape", [builder.Initializer("w", TensorData.Of<float>(new float[24])), sizes], name: "weights");
        var data = builder.Add("Reshape", [x, builder.Constant("flat", batch, -1)], name: "data");
        var sum = builder.Add("ReduceMean", [weights], Attributes.None.With("keepdims", 0), "mean");
        builder.Output(builder.Add("Add", [data, sum], name: "y"), new(batch, 24));

        var open = new BatchOpening().Apply(builder.Build());

        Assert.Equal("N x 4 x 6 -> N x 24", $"{open.Graph.Inputs[0].Type.Shape} -> {open.Graph.Outputs[0].Type.Shape}");
        Assert.Equal([batch, 24 / batch, -1], open.Weights[open.Graph.Producer("weights")!.Inputs[1]].ToInt64());
        Assert.Equal([0, 24], open.Weights[open.Graph.Producer("data")!.Inputs[1]].ToInt64());
    }

    // Networks that PyTorch exported for one sample.
    [Theory]
    [InlineData("02-batch1-scale-view-1-neg1", "N x 3 x 32 x 32 -> N x 10")]
    [InlineData("02b-batch1-scale-reshape-1-16-1-1", "N x 3 x 32 x 32 -> N x 10")]
    [InlineData("07-batch1-squeeze", "N x 3 x 32 x 32 -> N x 10")]
    [InlineData("07c-batch1-channel-shuffle-folded", "N x 3 x 8 x 8 -> N x 10")]
    [InlineData("07d-batch1-concat-constant", "N x 3 x 8 x 8 -> N x 10")]
    [InlineData("07f-batch1-flatten-axis0", "N x 3 x 8 x 8 -> N x 10")]
    public void A_network_exported_for_one_sample_computes_each_as_its_file_does(string name, string shapes) =>
        AssertOpens(SharedFiles.Case(name), shapes);

    [Fact]
    public void A_detector_that_shuffles_channels_within_the_batch_computes_each_sample_as_its_file_does() =>
        AssertOpens(SharedFiles.Model("real/fastestdet.onnx"), "N x 3 x 352 x 352 -> N x 85 x 22 x 22");

    public static TheoryData<string> Mixing => [.. Mixers.Keys];

    // Networks whose sizes are correct for any batch, but in which a sample depends on another one or on its position in the batch.
    private static readonly Dictionary<string, Func<GraphBuilder, string>> Mixers = new(StringComparer.Ordinal)
    {
        ["softmax"] = builder => builder.Add("Softmax", ["x"], Attributes.None.With("axis", 0)),
        ["softmax counted from the end"] = builder => builder.Add("Softmax", ["x"], Attributes.None.With("axis", -2)),
        ["norm"] = builder =>
            builder.Add(
                "LayerNormalization",
                ["x", builder.Initializer("scale", TensorData.Of<float>(new float[12], 3, 4))],
                Attributes.None.With("axis", 0)
            ),
        ["reversed"] = builder =>
            builder.Add(
                "Slice",
                [
                    "x",
                    builder.Constant("starts", -1),
                    builder.Constant("ends", int.MinValue),
                    builder.Constant("axes", 0),
                    builder.Constant("steps", -1),
                ]
            ),
        ["shifted"] = builder => builder.Add("Pad", ["x", builder.Constant("pads", 1, 0, -1, 0)]),
        ["gathered"] = builder => builder.Add("Gather", ["x", builder.Constant("indices", 2, 1, 0)]),
        ["mean"] = builder => builder.Add("Sub", ["x", builder.Add("ReduceMean", ["x"], Attributes.None.With("axes", [0]))]),
        ["product"] = builder => builder.Add("MatMul", [builder.Initializer("w", TensorData.Of<float>(new float[9], 3, 3)), "x"]),
        ["einsum"] = builder => builder.Add("Einsum", ["x", "x"], Attributes.None.With("equation", "ni,mi->ni")),
        ["broadcast"] = builder =>
            builder.Add(
                "Reshape",
                [builder.Add("Add", ["x", builder.Add("Unsqueeze", ["x", builder.Constant("axes", 1)])]), builder.Constant("sizes", 3, -1)]
            ),
        ["constant"] = builder => builder.Add("Add", ["x", builder.Initializer("w", TensorData.Of<float>(new float[12], 3, 4))]),
        ["batch size as a number"] = builder =>
            builder.Add(
                "Div",
                [
                    "x",
                    builder.Add(
                        "Cast",
                        [builder.Add("Gather", [builder.Add("Shape", ["x"]), builder.Constant("first", 0)])],
                        Attributes.None.With("to", 1)
                    ),
                ]
            ),
    };

    [Theory]
    [MemberData(nameof(Mixing))]
    public void A_network_that_mixes_samples_keeps_its_batch(string name)
    {
        var builder = new GraphBuilder("net");
        builder.Input("x", new(3, 4));
        builder.Output(Mixers[name](builder), new(3, 4));
        var model = builder.Build();

        Assert.Equal(OnnxWriter.ToBytes(model), OnnxWriter.ToBytes(new BatchOpening().Apply(model)));
    }

    [Fact]
    public void Sizes_that_are_asked_for_hold_at_its_own_batch_too()
    {
        var builder = new GraphBuilder("net");
        builder.Input("x", new(2, "C"));
        builder.Output(builder.Add("Softmax", ["x"], Attributes.None.With("axis", 0)), new(2, "C"));

        var model = new BatchOpening(new Dictionary<string, Shape>(StringComparer.Ordinal) { ["x"] = new("N", 7) }).Apply(builder.Build());

        Assert.Equal(new Shape(2, 7), model.Graph.Inputs[0].Type.Shape);
    }

    private static void AssertOpens(string path, string shapes)
    {
        var model = OnnxReader.Read(path);
        var samples = NetworkRun.Noise(model);

        var open = new BatchOpening().Apply(model);

        Assert.Equal(shapes, $"{open.Graph.Inputs[0].Type.Shape} -> {open.Graph.Outputs[0].Type.Shape}");
        AssertEqual(NetworkRun.Outputs(model, File.ReadAllBytes(path), samples), open, samples);
    }

    private static void AssertEqual(float[][] expected, Model open, TensorData samples)
    {
        var difference = NetworkRun.Difference(expected, NetworkRun.Outputs(open, samples));
        Assert.True(difference <= 1e-4, $"{difference}\n{GraphText.Of(open)}");
    }
}
