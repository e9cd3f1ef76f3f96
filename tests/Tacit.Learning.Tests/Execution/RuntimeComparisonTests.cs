using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Tests.Execution;

public sealed class RuntimeComparisonTests
{
    private static readonly TensorData Batch = TensorData.Of<float>([1, -2, 0.5f, 4], 2, 2);

    [Fact]
    [NoTensorLeaks]
    public void A_file_of_the_network_is_the_same()
    {
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(Linear(1, 3)));
        using var comparison = new RuntimeComparison(Linear(1, 3), session);

        Assert.InRange(comparison.LargestDifference(Batch), 0, 1e-6);
    }

    // y = 3 x₁ + x₂, with an error of ½ x₂: relative to 5.5 the error is 2 / 5.5, and relative to 1 it is 1 / 1.
    [Fact]
    [NoTensorLeaks]
    public void The_largest_difference_counts_as_a_share_of_large_numbers()
    {
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(Linear(1.5f, 3)));
        using var comparison = new RuntimeComparison(Linear(1, 3), session);

        Assert.Equal(1, comparison.LargestDifference(Batch), 1e-6);
        Assert.Equal(2 / 5.5, comparison.LargestDifference(Batch.Rows(1, 1)), 1e-6);
    }

    [Fact]
    [NoTensorLeaks]
    public void What_is_no_number_is_no_small_difference()
    {
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(Linear(float.NaN, 3)));
        using var comparison = new RuntimeComparison(Linear(1, 3), session);

        Assert.Equal(double.PositiveInfinity, comparison.LargestDifference(Batch));
    }

    private static Model Linear(float second, float first)
    {
        var builder = new GraphBuilder("linear");
        var x = builder.Input("x", new("N", 2));
        builder.Output(
            builder.Add("MatMul", [x, builder.Initializer("w", TensorData.Of<float>([first, second], 2, 1))], name: "y"),
            new("N", 1)
        );
        return builder.Build();
    }
}
