using Tacit.Conformance.Networks;
using Tacit.Graphs;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Tests.Execution;

[NoTensorLeaks]
public sealed class ComputedWeightsTests
{
    [Fact]
    public void Standardised_weights_become_the_weights_of_the_layer()
    {
        var builder = new GraphBuilder("standardised");
        var x = builder.Input("x", new("N", 3, 6, 6));
        var raw = builder.Initializer("w", new Draw(1).Floats(4, 3, 3, 3));
        var axes = Attributes.None.With("axes", [1, 2, 3]);
        var centred = builder.Add("Sub", [raw, builder.Add("ReduceMean", [raw], axes)]);
        var deviation = builder.Add("Sqrt", [builder.Add("ReduceMean", [builder.Add("Mul", [centred, centred])], axes)]);
        builder.Output(builder.Add("Conv", [x, builder.Add("Div", [centred, deviation])], name: "y"), new("N", 4, 4, 4));
        var model = builder.Build();
        var samples = NetworkRun.Noise(model);

        var computed = ComputedWeights.Apply(model);

        Assert.Equal(["Conv"], computed.Graph.Nodes.Select(node => node.Operator));
        Assert.Equal(WeightRole.Parameter, Assert.Single(computed.Graph.Initializers.Values).Role);
        Assert.InRange(NetworkRun.Difference(NetworkRun.Outputs(model, samples), NetworkRun.Outputs(computed, samples)), 0, 1e-5);
    }

    [Fact]
    public void A_network_that_computes_no_weights_stays()
    {
        var builder = new GraphBuilder("plain");
        var x = builder.Input("x", new("N", 3));
        builder.Output(builder.Add("Mul", [x, builder.Initializer("w", new Draw(1).Floats(3))]), new("N", 3));
        var model = builder.Build();

        Assert.Same(model, ComputedWeights.Apply(model));
    }
}
