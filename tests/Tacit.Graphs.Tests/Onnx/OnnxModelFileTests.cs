using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class OnnxModelFileTests
{
    [Fact]
    public void Values_on_the_way_become_outputs_in_the_order_of_computation()
    {
        var builder = new GraphBuilder("net");
        var first = builder.Add("Relu", [builder.Input("x", new("N", 2))], name: "first");
        builder.Output(builder.Add("Neg", [builder.Add("Exp", [first], name: "second")], name: "y"), new("N", 2));

        var file = OnnxModelFile.WithOutputs(OnnxWriter.ToBytes(builder.Build()), new HashSet<string> { "second", "first", "y", "none" });

        using var session = new InferenceSession(file);
        Assert.Equal(["first", "second", "y"], session.OutputNames);
    }

    [Theory]
    [InlineData(ElementType.Float32, false)]
    [InlineData(ElementType.Float16, true)]
    public void Half_precision_is_seen(ElementType element, bool isHalf)
    {
        var builder = new GraphBuilder("net");
        builder.Output(
            builder.Add(
                "Cast",
                [builder.Add("Cast", [builder.Input("x", new("N"))], Attributes.None.With("to", (long)element))],
                Attributes.None.With("to", 1)
            ),
            new("N")
        );

        Assert.Equal(isHalf, OnnxModelFile.TraitsOf(OnnxWriter.ToBytes(builder.Build())).HasHalfPrecision);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_batch_norm_that_follows_each_batch_is_seen(int mode, bool isTraining)
    {
        var sketch = new OnnxSketch(15)
            .Input("x", 0, 3, 2, 2)
            .Floats("s", 3)
            .Floats("b", 3)
            .Floats("m", 3)
            .Floats("v", 3)
            .Node("BatchNormalization", "x s b m v", "y", ("training_mode", mode))
            .Output("y", 0, 3, 2, 2);

        Assert.Equal(isTraining, OnnxModelFile.TraitsOf(sketch.Bytes).IsInTrainingMode);
    }
}
