using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Metrics;

public sealed class OutputComparisonTests
{
    [Fact]
    public void Outputs_are_compared_over_all_batches()
    {
        using var reference = Session(scale: 1);
        using var other = Session(scale: 1.5f);
        var comparison = new OutputComparison(reference, other);
        float[] first = [1, -4],
            second = [2, 0];

        comparison.Add(TensorData.Of<float>(first, 1, 2), TensorData.Of<float>(first, 1, 2));
        comparison.Add(TensorData.Of<float>(second, 1, 2), TensorData.Of<float>(second, 1, 2));

        var difference = Assert.Single(comparison.Differences);
        Assert.Equal(("y", 2.0, 4.0), (difference.Name, difference.LargestDifference, difference.LargestValue));
        Assert.Equal(SignalToNoise.Decibels([1, -4, 2, 0], [1.5f, -6, 3, 0]), difference.Decibels, 1e-9);
    }

    [Fact]
    public void Equal_networks_do_not_differ()
    {
        using var session = Session(scale: 1);
        var comparison = new OutputComparison(session, session);
        var batch = TensorData.Of<float>([1, 2], 1, 2);

        comparison.Add(batch, batch);

        Assert.Equal(new OutputDifference("y", double.PositiveInfinity, 0, 2), Assert.Single(comparison.Differences));
    }

    [Fact]
    public void Outputs_of_other_names_are_matched_by_position()
    {
        using var reference = Session(scale: 1);
        using var other = Session(scale: 2, output: "z");
        var comparison = new OutputComparison(reference, other);
        var batch = TensorData.Of<float>([1, 1], 1, 2);

        comparison.Add(batch, batch);

        Assert.Equal(("y", 1.0), (comparison.Differences[0].Name, comparison.Differences[0].LargestDifference));
    }

    [Fact]
    public void Values_that_are_not_finite_differ_infinitely()
    {
        using var reference = Session(scale: 1);
        using var other = Session(scale: float.PositiveInfinity);
        var comparison = new OutputComparison(reference, other);
        var batch = TensorData.Of<float>([1, 1], 1, 2);

        comparison.Add(batch, batch);

        Assert.Equal(double.PositiveInfinity, comparison.Differences[0].LargestDifference);
    }

    [Fact]
    public void Networks_with_different_numbers_of_outputs_are_refused()
    {
        using var reference = Session(scale: 1);
        using var other = Session(scale: 1, outputs: 2);

        var refusal = Assert.Throws<UnsuitableModelException>(() => new OutputComparison(reference, other));

        Assert.Equal("the model cannot be compared with the model: it has 2 outputs, the model has 1", refusal.Message);
    }

    private static OnnxSession Session(float scale, string output = "y", int outputs = 1)
    {
        var builder = new GraphBuilder("scaled");
        var x = builder.Input("x", new("N", 2));
        var factor = builder.Initializer("factor", TensorData.Of<float>([scale], 1));
        for (var i = 0; i < outputs; i++)
        {
            builder.Output(builder.Add("Mul", [x, factor], name: i == 0 ? output : $"{output}{i}"), new("N", 2));
        }

        return OnnxSession.Open(OnnxWriter.ToBytes(builder.Build()));
    }
}
