using Tacit.Graphs;
using Tacit.Learning.Networks;

namespace Tacit.Learning.Tests.Networks;

public sealed class InitialWeightsTests
{
    [Theory]
    [InlineData("r3d-10")]
    [InlineData("s3d-g")]
    [InlineData("c3d")]
    [InlineData("r2plus1d-vcop")]
    public void A_network_of_the_zoo_begins_as_it_is_built(string name)
    {
        Model Built(ulong seed) => VideoZoo.Find(name)!.BuildEncoder(frames: 8, size: 32, width: 0.125, seed);
        var (fresh, built) = (InitialWeights.Of(Built(1), seed: 2).Weights, Built(2).Weights);

        Assert.All(built.Keys, weight => Assert.Equal(built[weight].Bytes, fresh[weight].Bytes));
    }

    [Fact]
    public void A_product_is_drawn_by_its_inputs_whichever_way_its_weights_lie()
    {
        var builder = new GraphBuilder("products");
        var x = builder.Input("x", new Shape("N", 400));
        x = builder.Add("Gemm", [x, builder.Initializer("gemm", Zeros(400, 300))]);
        builder.Output(builder.Add("MatMul", [x, builder.Initializer("matmul", Zeros(300, 500))]), new Shape("N", 500));
        var fresh = InitialWeights.Of(builder.Build(), seed: 1).Weights;

        Assert.Equal(2.0 / 400, Variance(fresh["gemm"]), 2e-4);
        Assert.Equal(2.0 / 300, Variance(fresh["matmul"]), 2e-4);
    }

    [Fact]
    public void A_weight_that_begins_in_an_unknown_way_is_refused()
    {
        var builder = new GraphBuilder("positions");
        var x = builder.Input("x", new Shape("N", 4));
        builder.Output(builder.Add("Add", [x, builder.Initializer("positions", Zeros(1, 4))], name: "sum"), new Shape("N", 4));
        var failure = Assert.Throws<UnsuitableModelException>(() => InitialWeights.Of(builder.Build(), seed: 1));

        Assert.Equal(
            "the network cannot be trained from scratch: it is not known how positions, which Add sum reads, begins",
            failure.Message
        );
    }

    private static TensorData Zeros(int rows, int columns) => TensorData.Of<float>(new float[rows * columns], rows, columns);

    private static double Variance(TensorData weight) => weight.As<float>().ToArray().Average(value => (double)value * value);
}
