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
        var comparison = new OutputComparison("y");

        comparison.Add(Outputs("y", 1, -4), Outputs("y", 1.5f, -6), samples: 1);
        comparison.Add(Outputs("y", 2, 0), Outputs("y", 3, 0), samples: 1);

        var difference = Assert.Single(comparison.Differences);
        Assert.Equal(("y", 2.0, 4.0), (difference.Name, difference.LargestDifference, difference.LargestValue));
        Assert.Equal(SignalToNoise.Decibels([1, -4, 2, 0], [1.5f, -6, 3, 0]), difference.Decibels, 1e-9);
        Assert.Equal((1, 1), (difference.Cosine, difference.Agreement!.Value), Near);
    }

    [Fact]
    public void Equal_outputs_do_not_differ()
    {
        var comparison = new OutputComparison("y");

        comparison.Add(Outputs("y", 1, 2), Outputs("y", 1, 2), samples: 1);

        Assert.Equal(
            new OutputDifference("y", double.PositiveInfinity, 0, 2)
            {
                Cosine = 1,
                Agreement = 1,
                Equal = 1,
            },
            Assert.Single(comparison.Differences)
        );
    }

    [Fact]
    public void Values_that_are_not_finite_differ_infinitely()
    {
        var comparison = new OutputComparison("y");

        comparison.Add(Outputs("y", 1, 1), Outputs("y", float.PositiveInfinity, 1), samples: 1);

        Assert.Equal(double.PositiveInfinity, comparison.Differences[0].LargestDifference);
    }

    [Fact]
    public void Vectors_agree_by_their_highest_scores_and_integers_by_the_first_of_each_sample()
    {
        var comparison = new OutputComparison("scores", "classes");
        var expected = new Dictionary<string, TensorData>
        {
            ["scores"] = TensorData.Of<float>([1, 3, 2, 0], 2, 2),
            ["classes"] = TensorData.Of<long>([4, 1, 5, 1], 2, 2),
        };
        var actual = new Dictionary<string, TensorData>
        {
            ["scores"] = TensorData.Of<float>([1, 2, 0, 2], 2, 2),
            ["classes"] = TensorData.Of<long>([4, 2, 6, 1], 2, 2),
        };

        comparison.Add(expected, actual, samples: 2);

        Assert.Equal([0.5, 0.5], comparison.Differences.Select(output => output.Agreement!.Value));
        Assert.Equal([false, true], comparison.Differences.Select(output => output.IsInteger));
        Assert.Equal(0.5, comparison.Differences[1].Equal);
        Assert.Equal(comparison.Differences[0].Decibels, comparison.LowestDecibels);
    }

    [Fact]
    public void Maps_have_no_classes_to_agree_on()
    {
        var comparison = new OutputComparison("y");
        var map = new Dictionary<string, TensorData> { ["y"] = TensorData.Of<float>([1, 2, 3, 4], 1, 1, 2, 2) };

        comparison.Add(map, map, samples: 1);

        Assert.Null(comparison.Differences[0].Agreement);
    }

    [Fact]
    public void Outputs_of_other_names_are_matched_by_position()
    {
        using var reference = Session(scale: 1);
        using var other = Session(scale: 2, output: "z");
        var comparison = OutputComparison.Of(reference, other);

        comparison.Add(reference.RunAll(new float[] { 1, 1 }), other.RunAll(new float[] { 1, 1 }), samples: 1);

        Assert.Equal(("y", 1.0), (comparison.Differences[0].Name, comparison.Differences[0].LargestDifference));
    }

    [Fact]
    public void Outputs_of_different_sizes_are_refused()
    {
        var comparison = new OutputComparison("y");

        var refusal = Assert.Throws<UnsuitableModelException>(() => comparison.Add(Outputs("y", 1), Outputs("y", 1, 2), samples: 1));

        Assert.Equal("the outputs cannot be compared: y is Float32 1 x 1 in one network and Float32 1 x 2 in the other", refusal.Message);
    }

    [Fact]
    public void Networks_with_different_numbers_of_outputs_are_refused()
    {
        using var reference = Session(scale: 1);
        using var other = Session(scale: 1, outputs: 2);

        var refusal = Assert.Throws<UnsuitableModelException>(() => OutputComparison.Of(reference, other));

        Assert.Equal("the model cannot be compared with the model: it has 2 outputs, the model has 1", refusal.Message);
    }

    private static bool Near((double, double) expected, (double, double) actual) =>
        Math.Abs(expected.Item1 - actual.Item1) + Math.Abs(expected.Item2 - actual.Item2) < 1e-9;

    private static Dictionary<string, TensorData> Outputs(string name, params float[] row) =>
        new() { [name] = TensorData.Of<float>(row, 1, row.Length) };

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
