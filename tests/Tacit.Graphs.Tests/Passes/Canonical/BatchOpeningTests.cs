using CsCheck;
using Microsoft.ML.OnnxRuntime;
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
        Gen.Int[0, int.MaxValue]
            .Sample(
                seed =>
                {
                    var model = RandomNetwork.Shapes(seed).Model;

                    var open = new BatchOpening().Apply(model);

                    if (FixedBatch.Of(open.Graph.Inputs) is null)
                    {
                        Interlocked.Increment(ref opened);
                        AssertEachBatchIsTheSame(model, open);
                    }
                    else
                    {
                        Assert.Equal(OnnxWriter.ToBytes(model), OnnxWriter.ToBytes(open));
                    }
                },
                iter: Networks,
                threads: 1
            );
        Assert.InRange(opened, Networks / 5, Networks * 9 / 10);
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
        Assert.Equal([0, -1], open.Weights[open.Graph.Producer("data")!.Inputs[1]].ToInt64());
    }

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
        builder.Input("x", new(1, "C"));
        builder.Output(builder.Add("Softmax", ["x"], Attributes.None.With("axis", 0)), new(1, "C"));

        var model = new BatchOpening(new Dictionary<string, Shape>(StringComparer.Ordinal) { ["x"] = new("N", 7) }).Apply(builder.Build());

        Assert.Equal(new Shape(1, 7), model.Graph.Inputs[0].Type.Shape);
    }

    private static void AssertEachBatchIsTheSame(Model model, Model open)
    {
        long[] sizes = model.Graph.Inputs[0].Type.Shape.ToSizes();
        var random = new Random(3);
        float[][] batches =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Enumerable
                        .Range(0, (int)model.Graph.Inputs[0].Type.Shape.ElementCount)
                        .Select(_ => (random.NextSingle() * 4) - 2)
                        .ToArray()
                ),
        ];
        var original = OnnxWriter.ToBytes(model);
        float[] expected = [.. batches.SelectMany(batch => Run(original, batch, sizes))];
        var actual = Run(OnnxWriter.ToBytes(open), [.. batches.SelectMany(batch => batch)], [2 * sizes[0], .. sizes[1..]]);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(
            expected.Zip(actual),
            pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-4 * (1 + Math.Abs(pair.First)), $"{pair}")
        );
    }

    private static float[] Run(byte[] onnx, float[] numbers, long[] sizes)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(onnx, options);
        using var input = OrtValue.CreateTensorValueFromMemory(numbers, sizes);
        using var run = new RunOptions();
        using var results = session.Run(run, ["x"], [input], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
