using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;
using Tacit.Graphs.Tests.Passes;

namespace Tacit.Graphs.Tests.Passes.Quantization;

public sealed class FakeQuantizationInsertionTests
{
    private static readonly BitWidths W3A4 = new() { Weights = 3, Activations = 4 };

    [Fact]
    public void Activation_functions_get_the_bits_of_activations_and_deployment_8()
    {
        var activations = new FakeQuantizationInsertion(W3A4).Activations(ResidualNetwork.Build(1));

        Assert.Equal(
            [("x", 8), ("stem.relu", 4), ("inner.relu", 4), ("body.norm", 8), ("last", 4), ("pooled", 8)],
            activations.Select(activation => (activation.Key, activation.Value))
        );
    }

    [Fact]
    public void A_value_times_its_own_sigmoid_is_an_activation_function()
    {
        var activations = new FakeQuantizationInsertion(W3A4).Activations(GatedNetwork.Build(1));

        Assert.Equal(
            [
                ("x", 8),
                ("stem", 8),
                ("hard.gate", 8),
                ("hard", 4),
                ("body", 8),
                ("silu.gate", 8),
                ("silu", 4),
                ("joined", 8),
                ("norm.relu", 4),
                ("last", 8),
                ("pooled", 8),
            ],
            activations.Select(activation => (activation.Key, activation.Value))
        );
    }

    [Fact]
    public void A_value_times_the_sigmoid_of_another_is_none()
    {
        var model = GatedNetwork.Build(1);
        var nodes = model.Graph.Nodes.Select(node => node.Output == "silu.gate" ? node with { Inputs = ["left"] } : node);
        var crossed = new Graph("crossed", model.Graph.Inputs, model.Graph.Initializers.Values, nodes, model.Graph.Outputs);

        var activations = new FakeQuantizationInsertion(W3A4).Activations(new Model(crossed, model.Weights));

        Assert.Contains(KeyValuePair.Create("silu", 8), activations);
    }

    [Fact]
    public void Every_layer_reads_a_quantised_weight_and_a_quantised_input()
    {
        var graph = new FakeQuantizationInsertion(W3A4).Apply(ResidualNetwork.Build(1)).Graph;

        foreach (var layer in graph.Nodes.Where(node => node.Operator is "Conv" or "Gemm"))
        {
            Assert.Equal(3, BitsOf(graph, layer.Inputs[1]));
            Assert.NotNull(Quantizer.Of(Source(graph, layer.Inputs[0])));
        }
    }

    [Fact]
    public void A_padded_shortcut_shares_the_quantiser_of_its_source()
    {
        var graph = new FakeQuantizationInsertion(W3A4).Apply(ResidualNetwork.Build(1)).Graph;
        var sum = graph.Nodes.Single(node => node.Operator == "Add");

        Assert.Equal("stem.relu.quantized", Source(graph, sum.Inputs[1]).Output);
    }

    [Fact]
    public void First_and_last_layers_can_have_bits_of_their_own()
    {
        var graph = new FakeQuantizationInsertion(W3A4 with { FirstAndLast = 8, Range = WeightRange.Full })
            .Apply(ResidualNetwork.Build(1))
            .Graph;

        var bits = graph.Nodes.Where(node => node.Operator is "Conv" or "Gemm").Select(node => BitsOf(graph, node.Inputs[1]));
        Assert.Equal([8, 3, 3, 8], bits);
    }

    [Fact]
    public void Bits_by_name_hold_over_all_others_and_the_last_that_fits_holds()
    {
        var bits = W3A4 with { FirstAndLast = 8, Named = [new("*", 6), new("body*", 5), new("stem.weight", 2), new("last", 7)] };
        var graph = new FakeQuantizationInsertion(bits).Apply(ResidualNetwork.Build(1)).Graph;

        var layers = graph.Nodes.Where(node => node.Operator is "Conv" or "Gemm").Select(node => BitsOf(graph, node.Inputs[1]));
        Assert.Equal([2, 6, 5, 6], layers);
        Assert.Equal(7, BitsOf(graph, "last.quantized"));
        Assert.Equal(5, BitsOf(graph, "body.norm.quantized"));
    }

    [Fact]
    public void A_name_that_nothing_has_is_refused_with_the_names_that_there_are()
    {
        var insertion = new FakeQuantizationInsertion(W3A4 with { Named = [new("bdy.conv", 5)] });

        var message = Assert.Throws<UnsuitableModelException>(() => insertion.Apply(ResidualNetwork.Build(1))).Message;
        Assert.Equal("no layer and no activation is named bdy.conv; layers are stem.conv, inner.conv, body.conv, logits", message);
    }

    [Fact]
    public void The_result_stays_float()
    {
        var graph = new FakeQuantizationInsertion(W3A4).Apply(ResidualNetwork.Build(1)).Graph;

        Assert.Equal("Gemm", graph.Producer(graph.Outputs[0].Name)!.Operator);
    }

    [Fact]
    public void What_is_computed_from_the_last_layers_stays_float()
    {
        var file = new OnnxSketch(17)
            .Input("x", 0, 3, 4, 4)
            .Floats("v", 4, 3, 1, 1)
            .Floats("w", 2, 4, 1, 1)
            .Floats("half", 1)
            .Node("Conv", "x v", "stem")
            .Node("Relu", "stem", "features")
            .Node("Conv", "features w", "left")
            .Node("Conv", "features w", "right")
            .Node("Concat", "left right", "joined", ("axis", 1))
            .Node("Mul", "joined half", "scaled")
            .Node("Exp", "scaled", "sizes")
            .Node("Add", "joined sizes", "boxes")
            .Output("boxes", 0, 4, 4, 4)
            .Bytes;

        var activations = new FakeQuantizationInsertion(W3A4).Activations(OnnxReader.Read(file));

        Assert.Equal(["x", "features"], activations.Select(activation => activation.Key));
    }

    [Fact]
    public void An_output_that_layers_read_is_quantised_for_them_alone()
    {
        var file = new OnnxSketch(17)
            .Input("x", 0, 3, 4, 4)
            .Floats("v", 4, 3, 1, 1)
            .Floats("w", 2, 4, 1, 1)
            .Node("Conv", "x v", "features")
            .Node("Conv", "features w", "y")
            .Output("features", 0, 4, 4, 4)
            .Output("y", 0, 2, 4, 4)
            .Bytes;

        var graph = new FakeQuantizationInsertion(W3A4).Apply(OnnxReader.Read(file)).Graph;

        Assert.Equal("features", Source(graph, "features").Output);
        Assert.NotNull(Quantizer.Of(Source(graph, graph.Producer("y")!.Inputs[0])));
    }

    [Theory]
    [InlineData("body*")]
    [InlineData("body.weight")]
    public void A_layer_that_is_kept_in_float_has_float_weights(string pattern)
    {
        var bits = W3A4 with { Float = [pattern] };

        var graph = new FakeQuantizationInsertion(bits).Apply(ResidualNetwork.Build(1)).Graph;

        var layer = graph.Nodes.Single(node => node.Inputs.Contains("body.weight"));
        Assert.True(bits.IsFloat(layer));
        Assert.Equal(3, graph.Nodes.Count(node => Quantizer.Of(node) is { Axis: not null }));
    }

    [Fact]
    public void A_float_layer_reads_the_weights_that_it_shares_in_float()
    {
        var file = new OnnxSketch(17)
            .Input("x", 0, 4, 4, 4)
            .Floats("w", 4, 4, 1, 1)
            .Node("Conv", "x w", "a")
            .Node("Conv", "a w", "y")
            .Output("y", 0, 4, 4, 4)
            .Bytes;

        var graph = new FakeQuantizationInsertion(W3A4 with { Float = ["y"] }).Apply(OnnxReader.Read(file)).Graph;

        Assert.Equal("w", graph.Producer("y")!.Inputs[1]);
        Assert.NotEqual("w", graph.Producer("a")!.Inputs[1]);
    }

    [Fact]
    public void A_pattern_of_float_nodes_that_nothing_has_is_refused()
    {
        var insertion = new FakeQuantizationInsertion(W3A4 with { Float = ["head*"] });

        var refusal = Assert.Throws<UnsuitableModelException>(() => insertion.Apply(ResidualNetwork.Build(1)));

        Assert.StartsWith("no node to keep in float is named head*; layers are ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_whose_layers_are_all_kept_in_float_is_refused()
    {
        var insertion = new FakeQuantizationInsertion(W3A4 with { Float = ["*"] });

        var refusal = Assert.Throws<UnsuitableModelException>(() => insertion.Apply(ResidualNetwork.Build(1)));

        Assert.EndsWith("layers are kept in float: there is nothing to quantise", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_with_a_stack_of_matrices_stays_float()
    {
        var builder = new GraphBuilder("stack");
        var x = builder.Input("x", new("N", 2, 3));
        var weight = builder.Initializer("w", TensorData.Of(new float[12], 3, 4));
        var stack = builder.Initializer("stack", TensorData.Of(new float[40], 2, 4, 5));
        var rows = builder.Add("MatMul", [x, weight]);
        builder.Output(builder.Add("MatMul", [rows, stack], name: "y"), new("N", 2, 5));

        var layers = FakeQuantizationInsertion.Layers(builder.Build().Graph);

        Assert.Equal([weight], layers.Select(layer => layer.Inputs[1]));
    }

    [Fact]
    public void A_network_without_layers_is_refused()
    {
        var builder = new GraphBuilder("empty");
        builder.Output(builder.Add("Relu", [builder.Input("x", new("N", 3))]), new("N", 3));

        Assert.Throws<UnsuitableModelException>(() => new FakeQuantizationInsertion(W3A4).Apply(builder.Build()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Bits_are_checked_where_they_are_set(int bits) =>
        Assert.Equal(
            $"Weights must be 2 to 8 bits, not {bits}.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BitWidths { Weights = bits }).Message.Split(" (Parameter")[0]
        );

    private static int? BitsOf(Graph graph, string quantized) => Quantizer.Of(graph.Producer(quantized))?.Bits;

    private static Node Source(Graph graph, string value)
    {
        var node = graph.Producer(value)!;
        return node.Operator is "Slice" or "Pad" or "Flatten" ? Source(graph, node.Inputs[0]) : node;
    }
}
