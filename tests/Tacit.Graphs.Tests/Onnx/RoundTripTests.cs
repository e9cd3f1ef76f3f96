using System.Collections.Immutable;
using CsCheck;
using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class RoundTripTests
{
    private static readonly Gen<Model> Networks =
        from seed in Gen.Int[0, int.MaxValue - 1]
        from length in Gen.Int[1, 14]
        select Draw(new Random(seed), length);

    private static readonly Gen<int> Opsets = Gen.Int[OnnxWriterOptions.OldestOpset, OnnxWriterOptions.NewestOpset];

    [Fact]
    public void Reading_gives_what_was_written() =>
        Gen.Select(Networks, Opsets)
            .Sample(
                (model, opset) => AssertSame(model, OnnxReader.Read(OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = opset }))),
                iter: 200
            );

    [Fact]
    public void Writing_what_was_read_gives_the_same_bytes() =>
        Gen.Select(Networks, Opsets)
            .Sample(
                (model, opset) =>
                {
                    var options = new OnnxWriterOptions { Opset = opset };
                    var bytes = OnnxWriter.ToBytes(model, options);
                    Assert.Equal(bytes, OnnxWriter.ToBytes(OnnxReader.Read(bytes), options));
                },
                iter: 100
            );

    [Fact]
    public void All_opsets_give_the_same_numbers() =>
        Gen.Select(Networks, Gen.Int[18, 21])
            .Sample(
                (model, opset) =>
                    OnnxRuntimeRun.AssertEqual(
                        OnnxWriter.ToBytes(model),
                        OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = opset })
                    ),
                iter: 25,
                threads: 1
            );

    private static void AssertSame(Model expected, Model actual)
    {
        Assert.Equal(expected.Graph.Name, actual.Graph.Name);
        Assert.Equal(expected.Graph.Inputs, actual.Graph.Inputs);
        Assert.Equal(expected.Graph.Outputs, actual.Graph.Outputs);
        Assert.Equal(expected.Graph.Initializers.OrderBy(entry => entry.Key), actual.Graph.Initializers.OrderBy(entry => entry.Key));
        Assert.Equal(expected.Metadata, actual.Metadata);
        Assert.Equal(expected.Graph.Nodes.Select(Describe), actual.Graph.Nodes.Select(Describe));
        Assert.All(expected.Weights, weight => Assert.True(weight.Value.Bytes.SequenceEqual(actual.Weights[weight.Key].Bytes)));
    }

    private static string Describe(Node node) =>
        $"{node} ({string.Join(", ", node.Inputs)}) -> {string.Join(", ", node.Outputs)} {string.Join("; ", node.Attributes.Select(Describe))}";

    private static string Describe(KeyValuePair<string, object> attribute) =>
        $"{attribute.Key} = "
        + attribute.Value switch
        {
            ImmutableArray<long> numbers => $"[{string.Join(", ", numbers)}]",
            var value => value.ToString(),
        };

    // A chain of random operators over values of N x 4 x 6 x 6, with random side branches.
    private static Model Draw(Random random, int length)
    {
        var builder = new GraphBuilder("random");
        var values = new List<string> { builder.Input("x", new("N", 4, 6, 6)) };
        for (var i = 0; i < length; i++)
        {
            values.Add(Next(builder, values, random));
        }

        builder.Output(values[^1], new("N", 4, 6, 6));
        var mean = builder.Add("ReduceMean", [values[^1]], Attributes.None.With("axes", [2, 3]).With("keepdims", random.Next(2)));
        builder.Output(mean, mean.Length > 0 && builder.Nodes[^1].Attributes.Int("keepdims") == 1 ? new("N", 4, 1, 1) : new Shape("N", 4));
        var model = builder.Build();
        return model with { Metadata = model.Metadata.Add("tacit.seed", $"{random.Next()}").Add("ключ", "значение") };
    }

    private static string Next(GraphBuilder builder, List<string> values, Random random)
    {
        var x = values[random.Next(values.Count)];
        switch (random.Next(9))
        {
            case 0:
                var size = (random.Next(2) * 2) + 1;
                return builder.Add(
                    "Conv",
                    [x, Weight(builder, random, 4, 4, size, size), Weight(builder, random, 4)],
                    Attributes.None.With("pads", [.. Enumerable.Repeat((long)(size / 2), 4)]).With("group", 1)
                );
            case 1:
                return builder.Add(
                    "BatchNormalization",
                    [x, Weight(builder, random, 4), Weight(builder, random, 4), Statistic(builder, random), Statistic(builder, random)],
                    Attributes.None.With("epsilon", random.NextSingle())
                );
            case 2:
                return builder.Add("Add", [x, values[random.Next(values.Count)]]);
            case 3:
                return builder.Add("Mul", [x, Weight(builder, random, 4, 1, 1)]);
            case 4:
                return builder.Add(
                    "Clip",
                    [x, "", builder.Initializer("bound", TensorData.Scalar(random.NextSingle()), WeightRole.Constant)]
                );
            case 5:
                return builder.Add("Softmax", [x], Attributes.None.With("axis", random.Next(-4, 4)));
            case 6:
                return builder.Add("Transpose", [builder.Add("Transpose", [x], Swap())], Swap());
            case 7:
                return Halves(builder, x, random.Next(2) == 0);
            default:
                return builder.Add("LeakyRelu", [x], Attributes.None.With("alpha", random.NextSingle()));
        }
    }

    private static Attributes Swap() => Attributes.None.With("perm", [0L, 1, 3, 2]);

    private static string Halves(GraphBuilder builder, string x, bool sized)
    {
        string[] halves = [builder.Unique("half"), builder.Unique("half")];
        ImmutableArray<string> inputs = sized ? [x, builder.Constant("sizes", 1, 3)] : [x, builder.Constant("sizes", 2, 2)];
        builder.Add(new Node(builder.Unique("Split"), "Split", inputs, [.. halves], Attributes.None.With("axis", 1)));
        return builder.Add("Concat", [halves[1], halves[0]], Attributes.None.With("axis", 1));
    }

    private static string Weight(GraphBuilder builder, Random random, params long[] sizes) =>
        builder.Initializer("weight", Random(random, sizes));

    private static string Statistic(GraphBuilder builder, Random random) =>
        builder.Initializer("running", Random(random, 4), WeightRole.Statistic);

    private static TensorData Random(Random random, params long[] sizes)
    {
        var elements = new float[sizes.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = (random.NextSingle() * 0.5f) + 0.01f;
        }

        return TensorData.Of<float>(elements, sizes);
    }
}
