using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

public sealed class ImageClassifierTests : IDisposable
{
    private static readonly Preprocessing FourByFour = new(4, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_the_class_of_a_file_by_the_models_own_metadata()
    {
        using var session = OnnxSession.Open(
            SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour, """["red","green","blue"]"""))
        );
        var path = _folder.Write("blue.png", ImageEncoder.ToPng(Uniform(0, 0, 255)));

        var predictions = new ImageClassifier(session).Classify(path);

        Assert.Equal(["blue", "red", "green"], predictions.Select(prediction => prediction.Label));
        Assert.Equal(1, predictions.Sum(prediction => prediction.Probability), 1e-5);
        Assert.Equal(MathF.E / (1 + MathF.Exp(0.2f) + MathF.E), Softmaxed(session, Uniform(0, 51, 255)), 1e-5f);
    }

    [Fact]
    public void Leaves_probabilities_as_they_are()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"));

        var best = new ImageClassifier(session, FourByFour).Classify(Uniform(0, 51, 204), count: 1);

        Assert.Equal(
            [new Prediction(2, "2", 0.8f)],
            best.Select(prediction => prediction with { Probability = MathF.Round(prediction.Probability, 5) })
        );
    }

    [Fact]
    public void Gives_a_network_the_channels_last_where_it_takes_them_so()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeansLast(4, 2, SmallNetworks.Metadata(new Preprocessing(2, 4))));

        var classifier = new ImageClassifier(session);

        Assert.Equal(ImageLayout.ChannelsLast, classifier.Preprocessing.Layout);
        Assert.Equal(
            [new Prediction(2, "2", 0.8f)],
            classifier.Classify(Uniform(0, 51, 204), count: 1).Select(best => best with { Probability = MathF.Round(best.Probability, 5) })
        );
    }

    [Fact]
    public void Says_that_it_is_not_known_how_images_are_prepared()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"));

        Assert.Equal(
            "the model does not say how its images are prepared (no metadata tacit.input.size); give the mean, the standard deviation and the size",
            Assert.Throws<UnsuitableModelException>(() => new ImageClassifier(session)).Message
        );
    }

    [Fact]
    public void Refuses_preprocessing_to_another_size_than_the_networks()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"));

        Assert.Equal(
            "the model takes images of 4 x 4, but the preprocessing makes 8 x 4",
            Assert.Throws<UnsuitableModelException>(() => new ImageClassifier(session, new Preprocessing(8, 4))).Message
        );
    }

    [Fact]
    public void Refuses_a_network_that_does_not_take_images()
    {
        using var session = OnnxSession.Open(SmallNetworks.Convolution(quantized: false));

        Assert.Equal(
            "the model does not take images: it must have one input Float32 N x 3 x height x width, or N x height x width x 3, but has x: Float32 N x 2 x 6 x 6",
            Assert.Throws<UnsuitableModelException>(() => new ImageClassifier(session, FourByFour)).Message
        );
    }

    [Fact]
    public void Refuses_class_names_that_are_no_json()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour, "red, green")));

        Assert.Throws<UnsuitableModelException>(() => new ImageClassifier(session));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32)]
    public async Task Of_many_files_one_that_is_no_image_does_not_stop_the_others(int batch)
    {
        using var session = OnnxSession.Open(
            SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour, """["red","green","blue"]"""))
        );
        string[] paths =
        [
            _folder.Write("b.png", ImageEncoder.ToPng(Uniform(0, 0, 255))),
            _folder.Write("no.png", [1, 2, 3]),
            _folder.File("nowhere.png"),
            _folder.Write("r.png", ImageEncoder.ToPng(Uniform(255, 40, 0))),
            _folder.Write("g.png", ImageEncoder.ToPng(Uniform(0, 200, 100))),
        ];
        var classifier = new ImageClassifier(session);

        var results = await classifier.ClassifyAsync(paths, batch: batch).ToListAsync();

        Assert.Equal(paths, results.Select(result => result.Path));
        Assert.Equal([false, true, true, false, false], results.Select(result => result.Error is InvalidFileException));
        Assert.All(results.Where(result => result.Error is null), result => Assert.Equal(classifier.Classify(result.Path), result.Value));
    }

    [Fact]
    public async Task Many_files_can_be_stopped()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", SmallNetworks.Metadata(FourByFour)));
        var path = _folder.Write("b.png", ImageEncoder.ToPng(Uniform(0, 0, 255)));
        using var stop = new CancellationTokenSource();
        var seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var _ in new ImageClassifier(session).ClassifyAsync(Enumerable.Repeat(path, 100_000), batch: 4, cancellation: stop.Token)
            )
            {
                seen++;
                await stop.CancelAsync();
            }
        });

        Assert.InRange(seen, 1, 4);
    }

    private static float Softmaxed(OnnxSession session, RgbImage image) => new ImageClassifier(session).Classify(image)[0].Probability;

    private static RgbImage Uniform(byte red, byte green, byte blue) =>
        new(4, 4, [.. Enumerable.Repeat(new[] { red, green, blue }, 16).SelectMany(pixel => pixel)]);
}
