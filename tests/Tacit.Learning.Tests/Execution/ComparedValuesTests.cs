using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Inference.Contracts;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Tests.Execution;

public sealed class ComparedValuesTests
{
    [Fact]
    public void A_vector_that_a_linear_layer_gives_is_of_classes()
    {
        var model = Network((builder, x) => Vector(builder, x));

        Assert.Equal((NetworkTask.Classes, 10), (ComparedValues.TaskOf(model), ComparedValues.Columns(model, NetworkTask.Classes)));
        Assert.Equal(["vector"], ComparedValues.Of(model, NetworkTask.Classes));
    }

    [Fact]
    public void Logits_are_what_a_softmax_is_given()
    {
        var model = Network((builder, x) => builder.Add("Softmax", [Vector(builder, x)], Attributes.None.With("axis", 1L)));

        Assert.Equal(
            (NetworkTask.Classes, "vector"),
            (ComparedValues.TaskOf(model), ComparedValues.Of(model, NetworkTask.Classes).Single())
        );
    }

    [Fact]
    public void A_head_of_one_pixel_is_of_classes()
    {
        var model = Network((builder, x) => builder.Add("GlobalAveragePool", [Convolution(builder, x, 10)], name: "pooled"));

        Assert.Equal((NetworkTask.Classes, 10), (ComparedValues.TaskOf(model), ComparedValues.Columns(model, NetworkTask.Classes)));
    }

    [Theory]
    [InlineData("Mul")] // angles
    [InlineData("Div")] // embeddings of length 1
    public void A_vector_of_further_arithmetic_is_no_scores(string arithmetic)
    {
        var model = Network(
            (builder, x) => builder.Add(arithmetic, [Vector(builder, x), builder.Initializer("scale", TensorData.Of<float>([99], 1))])
        );

        Assert.Equal(NetworkTask.Maps, ComparedValues.TaskOf(model));
    }

    [Fact]
    public void Maps_and_several_outputs_are_compared_output_by_output()
    {
        var model = Network((builder, x) => Convolution(builder, x, 4), (builder, x) => Vector(builder, x));

        Assert.Equal(NetworkTask.Maps, ComparedValues.TaskOf(model));
        Assert.Equal(["map4", "vector"], ComparedValues.Of(model, NetworkTask.Maps));
    }

    [Fact]
    public void Whole_numbers_are_compared_by_what_they_are_computed_from()
    {
        var model = Network(
            (builder, x) =>
                builder.Add("Cast", [Convolution(builder, x, 4)], Attributes.None.With("to", (long)ElementType.Int64), name: "classes")
        );

        Assert.Equal(["map4"], ComparedValues.Of(model, NetworkTask.Maps));
    }

    [Fact]
    public void Maps_have_no_columns()
    {
        var model = Network((builder, x) => Convolution(builder, x, 4));

        var refusal = Assert.Throws<UnsuitableModelException>(() => ComparedValues.Columns(model, NetworkTask.Classes));

        Assert.StartsWith("the output map4 is N x 4 x 8 x 8; a classifier's N x classes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_whose_size_depends_on_the_samples_is_refused()
    {
        var model = Network((builder, x) => builder.Add("NonZero", [x], name: "found"));

        var refusal = Assert.Throws<UnsuitableModelException>(() => ComparedValues.CheckSizes(model));

        Assert.StartsWith("the output found is 4 x ", refusal.Message, StringComparison.Ordinal);
    }

    private static string Convolution(GraphBuilder builder, string x, int channels) =>
        builder.Add(
            "Conv",
            [x, builder.Initializer($"w{channels}", TensorData.Of<float>(new float[channels * 3], channels, 3, 1, 1))],
            name: $"map{channels}"
        );

    private static string Vector(GraphBuilder builder, string x) =>
        builder.Add(
            "Gemm",
            [
                builder.Add("Flatten", [builder.Add("GlobalAveragePool", [x], name: "mean")], name: "flat"),
                builder.Initializer("fc", TensorData.Of<float>(new float[30], 3, 10)),
            ],
            name: "vector"
        );

    private static Model Network(params Func<GraphBuilder, string, string>[] outputs)
    {
        var builder = new GraphBuilder("network");
        var x = builder.Input("x", new("N", 3, 8, 8));
        foreach (var output in outputs)
        {
            builder.Output(output(builder, x), Shape.Scalar);
        }

        var model = builder.Build();
        var types = ShapeInference.Infer(model);
        var graph = model.Graph;
        var inferred = graph.Outputs.Select(output => output with { Type = types[output.Name] });
        return new Model(new Graph("network", graph.Inputs, graph.Initializers.Values, graph.Nodes, inferred), model.Weights);
    }
}
