using Tacit.Inference.Images;
using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class ClassifierEvaluationTests
{
    internal static Preprocessing Cifar10 { get; } =
        new(32, 32) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f) };

    [Fact]
    public void Scores_ResNet20_as_PyTorch_and_PIL_do()
    {
        var evaluation = new ClassifierEvaluation(new() { Preprocessing = Cifar10, Batches = new() { BatchSize = 100 }, LatencyRuns = 20 });

        var result = evaluation.Run(
            SharedFiles.ResNet20, LabelledImages.Open(SharedFiles.Cifar10Test), progress: null, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine($"{result.Top1} {result.Top5} {result.Latency} {result.Top1Interval}");
        Assert.InRange(result.Top1, 88.22, 88.42);
        Assert.Equal(5000, result.Images);
        Assert.Empty(result.Skipped);
        Assert.Equal(result.Top1, 100 * result.Confusion.Accuracy, 1e-9);
    }
}
