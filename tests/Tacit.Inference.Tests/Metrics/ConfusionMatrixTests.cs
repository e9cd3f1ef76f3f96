using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class ConfusionMatrixTests
{
    private static readonly ConfusionMatrix Matrix = ConfusionMatrix.Of(["cat", "dog", "eel"], [0, 0, 1, 1, 1], [0, 1, 1, 1, 2]);

    [Fact]
    public void Counts_true_by_predicted() =>
        Assert.Equal((1, 1, 0, 2, 1), (Matrix[0, 0], Matrix[0, 1], Matrix[1, 0], Matrix[1, 1], Matrix[1, 2]));

    [Fact]
    public void Gives_totals_and_accuracy() =>
        Assert.Equal((5, 3, 0.6, 3), (Matrix.Total, Matrix.Correct, Matrix.Accuracy, Matrix.Images(1)));

    [Fact]
    public void Gives_no_number_for_a_class_without_images() => Assert.Equal([0.5, 2.0 / 3, double.NaN], Matrix.AccuracyByClass);

    [Fact]
    public void Refuses_labels_that_are_no_class()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ConfusionMatrix.Of(["cat"], [1], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix[0, 3]);
    }
}
