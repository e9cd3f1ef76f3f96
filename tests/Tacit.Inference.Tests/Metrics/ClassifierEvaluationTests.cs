using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Inference.Tests.Sessions;

namespace Tacit.Inference.Tests.Metrics;

public sealed class ClassifierEvaluationTests : IDisposable
{
    private static readonly Preprocessing FourByFour = new(4, 4);
    private static readonly ClassifierEvaluationOptions Quick = new() { LatencyRuns = 3 };

    private static readonly byte[] Red = Uniform(255, 20, 10);
    private static readonly byte[] Green = Uniform(20, 255, 10);
    private static readonly byte[] Blue = Uniform(20, 10, 255);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // PyTorch with PIL: 88.32 %.
    [Fact]
    public void Scores_ResNet20_as_PyTorch_does()
    {
        var options = Quick with
        {
            Preprocessing = new Preprocessing(32, 32) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f) },
            Batches = new() { BatchSize = 100 },
        };

        var result = new ClassifierEvaluation(options).Run(
            SharedFiles.ResNet20,
            LabelledImages.Open(SharedFiles.Cifar10Test),
            progress: null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(88.32, result.Top1, 0.041);
        Assert.Equal(5000, result.Images);
        Assert.Empty(result.Skipped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Counts_what_was_taken_for_what(int batch)
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour)));
        var images = Zip(("0/a.png", Red), ("0/b.png", Blue), ("1/a.png", Green), ("2/a.png", Blue), ("2/b.png", Blue));

        var result = new ClassifierEvaluation(Quick with { Batches = new() { BatchSize = batch } }).Run(session, images);

        Assert.Equal((80, 100, 5), (result.Top1, result.Top5, result.Images));
        Assert.Equal([0, 2, 1, 2, 2], result.Predictions);
        Assert.Equal((1, 2, 4), (result.Confusion[0, 2], result.Confusion[2, 2], result.Confusion.Correct));
        Assert.Equal(37.553, result.Top1Interval.Low, 1e-3);
        Assert.Equal(FourByFour, result.Preprocessing);
        Assert.Equal(3, result.Latency?.Runs);
    }

    [Fact]
    public void Matches_classes_by_name_where_the_model_has_them()
    {
        using var session = OnnxSession.Open(
            SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour, """["red","green","blue"]"""))
        );

        var result = new ClassifierEvaluation(Quick).Run(session, Zip(("blue/a.png", Blue), ("red/a.png", Red)));

        Assert.Equal(100, result.Top1);
        Assert.Equal([2, 0], result.Predictions);
        Assert.Equal(["red", "green", "blue"], result.Confusion.Classes);
    }

    [Fact]
    public void Explains_that_classes_and_outputs_do_not_match()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour)));

        var exception = Assert.Throws<InvalidDatasetException>(() =>
            new ClassifierEvaluation(Quick).Run(session, Zip(("a/a.png", Red), ("b/a.png", Red)))
        );

        Assert.Equal(
            $"{_folder.File("set.zip")} has 2 class folders, the model has 3 outputs: "
                + "the folders in alphabetical order are the outputs, so there must be one for each (it may be empty)",
            exception.Message
        );
    }

    [Fact]
    public void Works_where_the_network_is_fixed_to_a_batch()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans(4, SmallNetworks.Metadata(FourByFour)));

        Assert.Equal(100, new ClassifierEvaluation(Quick).Run(session, Zip(("0/a.png", Red), ("1/a.png", Green), ("2/a.png", Blue))).Top1);
    }

    [Fact]
    public void Names_the_images_that_it_skipped_and_counts_the_others()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour)));
        var images = Zip(("0/a.png", Red), ("0/b.png", [1, 2]), ("1/a.png", Green), ("2/a.png", Red));

        var result = new ClassifierEvaluation(Quick with { Batches = new() { MaxUnreadable = 0.25 } }).Run(session, images);

        Assert.Equal("0/b.png", Assert.Single(result.Skipped).Name);
        Assert.Equal(3, result.Images);
        Assert.Equal(200.0 / 3, result.Top1, 1e-9);
    }

    [Fact]
    public void Reports_progress_to_the_end()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour)));
        var progress = new Recorded();

        new ClassifierEvaluation(Quick with { Batches = new() { BatchSize = 2 } }).Run(
            session,
            Zip(("0/a.png", Red), ("1/a.png", Green), ("2/a.png", Red)),
            progress
        );

        Assert.Equal([new(2, 3, 2), new EvaluationProgress(3, 3, 2)], progress.Reports);
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour)));
        var images = Zip(("0/a.png", Red), ("1/a.png", Green), ("2/a.png", Red));

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new ClassifierEvaluation(Quick).Run(session, images, null, new CancellationToken(canceled: true))
        );
    }

    [Fact]
    public void Refuses_scores_that_are_no_numbers()
    {
        var builder = new GraphBuilder("broken");
        var x = builder.Input("image", new("N", 3, 4, 4));
        var nothing = builder.Add("Sub", [x, x]);
        builder.Output(builder.Add("Flatten", [builder.Add("GlobalAveragePool", [builder.Add("Div", [nothing, nothing])])]), new("N", 3));
        using var session = OnnxSession.Open(Tacit.Graphs.Onnx.OnnxWriter.ToBytes(builder.Build()));

        var exception = Assert.Throws<UnsuitableModelException>(() =>
            new ClassifierEvaluation(Quick with { Preprocessing = FourByFour }).Run(
                session,
                Zip(("0/a.png", Red), ("1/a.png", Green), ("2/a.png", Red))
            )
        );

        Assert.Equal("the model gives scores that are not finite for 0/a.png", exception.Message);
    }

    private LabelledImages Zip(params (string, byte[])[] entries) => LabelledImages.Open(_folder.Zip("set.zip", entries));

    private static byte[] Uniform(byte red, byte green, byte blue) =>
        ImageEncoder.ToPng(new RgbImage(4, 4, [.. Enumerable.Repeat(new[] { red, green, blue }, 16).SelectMany(pixel => pixel)]));

    private sealed class Recorded : IProgress<EvaluationProgress>
    {
        public List<EvaluationProgress> Reports { get; } = [];

        public void Report(EvaluationProgress value) => Reports.Add(value);
    }
}
