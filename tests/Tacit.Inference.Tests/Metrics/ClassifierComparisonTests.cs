using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Inference.Tests.Sessions;

namespace Tacit.Inference.Tests.Metrics;

public sealed class ClassifierComparisonTests : IDisposable
{
    private static readonly Preprocessing FourByFour = new(4, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The second network has its outputs in another order: it predicts red for what the first predicts as blue.
    [Fact]
    public void Networks_are_compared_by_the_names_of_classes_image_by_image()
    {
        var images = LabelledImages.Open(
            _folder.Zip(
                "set.zip",
                ("blue/a.png", Uniform(0, 0, 255)),
                ("blue/b.png", [1]),
                ("green/a.png", Uniform(0, 255, 0)),
                ("red/a.png", Uniform(255, 0, 0)),
                ("red/b.png", Uniform(200, 0, 0))
            )
        );
        var (first, second) = (Evaluate("""["red","green","blue"]"""), Evaluate("""["blue","green","red"]"""));

        var comparison = ClassifierComparison.Of(images, first, second);

        Assert.Equal((4, 25, 75), (comparison.Images, comparison.Agreement, comparison.Difference));
        Assert.Equal(Interval.Wilson(1, 4).Times(100), comparison.AgreementInterval);
        Assert.InRange(comparison.DifferenceInterval.Low, 0, 75);
        Assert.Equal(100, comparison.DifferenceInterval.High);
        Assert.Equal(-75, ClassifierComparison.Of(images, second, first).Difference);
        Assert.Equal(
            (100, 0),
            (ClassifierComparison.Of(images, first, first).Agreement, ClassifierComparison.Of(images, first, first).DifferenceInterval.High)
        );

        EvaluationResult Evaluate(string classes)
        {
            using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour, classes)));
            return new ClassifierEvaluation(
                new()
                {
                    LatencyRuns = 0,
                    Batches = new() { MaxUnreadable = 0.5 },
                }
            ).Run(session, images);
        }
    }

    [Fact]
    public void Results_on_other_images_are_refused()
    {
        using var session = OnnxSession.Open(
            SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour, """["red","green","blue"]"""))
        );
        var two = LabelledImages.Open(_folder.Zip("two.zip", ("red/a.png", Uniform(255, 0, 0)), ("red/b.png", Uniform(255, 0, 0))));
        var result = new ClassifierEvaluation(new() { LatencyRuns = 0 }).Run(session, two);

        Assert.Throws<ArgumentException>(() => ClassifierComparison.Of(two.Choose([0]), result, result));
    }

    private static byte[] Uniform(byte red, byte green, byte blue) =>
        ImageEncoder.ToPng(new RgbImage(4, 4, [.. Enumerable.Repeat(new[] { red, green, blue }, 16).SelectMany(pixel => pixel)]));
}
