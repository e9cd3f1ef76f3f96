using CsCheck;
using Tacit.Graphs.Costs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Tests.Operators;

namespace Tacit.Graphs.Tests.Costs;

public sealed class ModelCostTests
{
    // Counted multiplication by multiplication.
    [Fact]
    public void A_convolution_multiplies_its_window_at_every_place() =>
        Gen.Select(Gen.Long[3, 7], Gen.Long[1, 2], Gen.Long[1, 3])
            .Sample(
                (size, stride, groups) =>
                {
                    var count = 0L;
                    for (var filter = 0L; filter < 2 * groups; filter++)
                    {
                        for (var place = 0L; place + 3 <= size; place += stride)
                        {
                            count += 3 * 4;
                        }
                    }

                    var model = SingleNode.Network(
                        "Conv",
                        new Shape("N", 4 * groups, size),
                        Attributes.None.With("group", groups).With("strides", [stride]),
                        SingleNode.Floats(2 * groups, 4, 3)
                    );

                    Assert.Equal(count, ModelCost.Of(model).MultiplyAccumulates);
                },
                iter: 30,
                threads: 1
            );

    [Fact]
    public void Matrix_products_multiply_rows_by_columns()
    {
        Assert.Equal(8 * 5, ModelCost.Of(SingleNode.Network("Gemm", new Shape("N", 8), null, SingleNode.Floats(8, 5))).MultiplyAccumulates);
        Assert.Equal(
            3 * 4 * 8 * 5,
            ModelCost.Of(SingleNode.Network("MatMul", Shape.Of(3, 4, 8), null, SingleNode.Floats(8, 5))).MultiplyAccumulates
        );
    }

    [Fact]
    public void Other_sizes_than_the_batch_must_be_given()
    {
        var model = SingleNode.Network("Conv", new Shape("N", 1, "H"), null, SingleNode.Floats(1, 1, 3));

        var exception = Assert.Throws<UnsuitableModelException>(() => ModelCost.Of(model));

        Assert.Equal(
            "Conv y: the cost depends on symbolic sizes (1 x 1 x H-2); give the shapes of the inputs (parameter 'inputs')",
            exception.Message
        );
        Assert.Equal(2 * 3, ModelCost.Of(model, new Dictionary<string, Shape> { ["x"] = Shape.Of(1, 1, 4) }).MultiplyAccumulates);
    }

    [Fact]
    public void A_shared_weight_counts_once_and_is_what_fewer_bits_make_smaller()
    {
        var builder = new GraphBuilder("shared");
        var weight = builder.Initializer("weight", SingleNode.Floats(4, 4));
        var bias = builder.Initializer("bias", SingleNode.Floats(4));
        var hidden = builder.Add("Gemm", [builder.Input("x", new Shape("N", 4)), weight, bias]);
        builder.Output(builder.Add("Gemm", [hidden, weight]), new Shape("N", 4));

        var cost = ModelCost.Of(builder.Build());

        Assert.Equal((20, 16, 80), (cost.Parameters, cost.Weights, cost.Bytes));
        Assert.Equal(4 * 4 + 16 / 2, cost.BytesAt(4));
        Assert.Equal([20, 16], cost.Nodes.Select(node => node.Parameters));
        Assert.Throws<ArgumentOutOfRangeException>(() => cost.BytesAt(0));
    }

    // 0.27 M parameters are the paper's own figure for 20 layers (He et al. 2015, table 6).
    [Fact]
    public void ResNet20_costs_what_is_known_of_it()
    {
        var cost = ModelCost.Of(OnnxReader.Read(SharedFiles.Model("resnet20-cifar10.onnx")));

        Assert.Equal(269_722, cost.Parameters);
        Assert.Equal(2 * (16 * 7 + 32 * 6 + 64 * 6), cost.Statistics);
        Assert.Equal(40_551_040, cost.MultiplyAccumulates);
    }
}
