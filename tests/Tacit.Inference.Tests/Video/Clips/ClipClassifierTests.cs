using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Clips;

public sealed class ClipClassifierTests : IDisposable
{
    // Colours represent logits from -5 to 5.
    private static readonly ClipPreprocessing Clip = new(4, 4)
    {
        Mean = new(0.5f),
        Std = new(0.1f),
        Stride = 2,
        TestClips = 3,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly OnnxSession _session = OnnxSession.Open(SmallClipNetworks.Classifier(Clip));

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_classified_by_the_softmax_of_the_mean_logits_of_its_clips()
    {
        var path = Colors("a.mp4", "0xC03010", "0x40A020");
        using var set = await LiveVideos.OpenAsync(VideoSet.Read(_folder.Path));
        var classifier = new ClipClassifier(_session);

        var predictions = await classifier.ClassifyAsync(path);

        var scores = (await classifier.ScoresAsync(set))[0].ToArray();
        var sum = scores.Sum(score => Math.Exp(score));
        Assert.Equal(["red", "green", "blue"], predictions.OrderBy(prediction => prediction.Index).Select(prediction => prediction.Label));
        Assert.All(predictions, prediction => Assert.Equal(Math.Exp(scores[prediction.Index]) / sum, prediction.Probability, 1e-5));
        Assert.Equal(predictions.OrderByDescending(prediction => prediction.Probability), predictions);
        Assert.Equal(predictions.Take(1), await classifier.ClassifyAsync(path, count: 1));
    }

    [Fact]
    public async Task Scores_of_a_store_are_the_means_over_its_clips()
    {
        using var store = new MemoryFrames((video, frame) => 100 * video + 3 * frame, 30, 12);

        var scores = await new ClipClassifier(_session).ScoresAsync(store, new() { Clips = 2 });

        var mean = TestClips.Of(12, Clip, 2).Average(clip => clip.Average(frame => ((100 + 3 * frame) / 255.0 - 0.5) / 0.1));
        Assert.Equal((2, 3), (scores.Count, scores.Dimension));
        Assert.Equal(mean, scores[1][2], 1e-4);
    }

    [Fact]
    public async Task Many_files_are_classified_in_order()
    {
        string[] paths = [Colors("r.mp4", "0xC01010"), _folder.Write("empty.mp4", []), Colors("b.mp4", "0x1010C0")];

        var results = await new ClipClassifier(_session).ClassifyAsync(paths, count: 1).ToListAsync();

        Assert.Equal(
            ["red", $"{paths[1]}: the file is empty", "blue"],
            results.Select(result => result.Error?.Message ?? result.Value[0].Label)
        );
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(100, false)]
    [InlineData(1000, false)]
    [InlineData(90, true)]
    public async Task Watching_gives_the_clips_of_the_whole_video(int? step, bool isVariable)
    {
        var video = new GeneratedVideo
        {
            Frames = 61,
            FrameRate = 30,
            IsVariable = isVariable,
        };
        var path = video.Write(_folder.File("a.mp4"));
        using var set = await LiveVideos.OpenAsync(VideoSet.Read(path));

        var watched = await new ClipClassifier(_session)
            .WatchAsync(path, step is { } ms ? TimeSpan.FromMilliseconds(ms) : null, count: 3)
            .ToListAsync();

        // According to the timestamps of the frames.
        List<int> starts = [];
        for (var i = 0; ; i++)
        {
            var start = step is { } time ? Enumerable.Range(0, 61).Last(frame => video.TimeOf(frame) <= i * time + 1) : i * Clip.Span;
            if (start + Clip.Span > 61)
            {
                break;
            }

            starts.Add(start);
        }

        Assert.Equal(starts.Count, watched.Count);
        Assert.Equal(
            starts.Select(start => (double)video.TimeOf(start)),
            watched.Select(clip => clip.Start.TotalMilliseconds),
            (a, b) => Math.Abs(a - b) <= 1
        );
        var frames = await set.ReadAsync(0, Enumerable.Range(0, 61).ToArray(), TestContext.Current.CancellationToken);
        foreach (var (start, clip) in starts.Zip(watched))
        {
            var expected = Probabilities(frames, [.. Enumerable.Range(0, 4).Select(i => start + 2 * i)]);
            Assert.All(clip.Predictions, prediction => Assert.Equal(expected[prediction.Index], prediction.Probability, 1e-5));
        }
    }

    [Fact]
    public async Task A_video_shorter_than_a_clip_is_one()
    {
        var path = new GeneratedVideo { Frames = 3 }.Write(_folder.File("a.mp4"));
        var classifier = new ClipClassifier(_session);

        var watched = await classifier.WatchAsync(path, TimeSpan.FromMilliseconds(1)).ToListAsync();

        Assert.Equal(TimeSpan.Zero, Assert.Single(watched).Start);
        Assert.Equal((await classifier.ClassifyAsync(path))[0].Probability, watched[0].Predictions[0].Probability, 1e-5);
    }

    [Fact]
    public async Task A_step_shorter_than_a_frame_is_a_frame()
    {
        var path = new GeneratedVideo { Frames = 12, FrameRate = 20 }.Write(_folder.File("a.mp4"));

        var starts = await new ClipClassifier(_session)
            .WatchAsync(path, TimeSpan.FromMilliseconds(1))
            .Select(clip => clip.Start.TotalMilliseconds)
            .ToListAsync();

        Assert.Equal([0, 50, 100, 150, 200, 250], starts);
    }

    [Fact]
    public async Task Watching_may_end_at_any_clip()
    {
        using var programs = new FakePrograms();
        var path = new GeneratedVideo { Frames = 600 }.Write(programs.File("a.mp4"));

        await foreach (var clip in new ClipClassifier(_session).WatchAsync(path, options: new() { Ffmpeg = programs.Options }))
        {
            break;
        }

        await FakePrograms.Until(programs.AllReaped);
    }

    [Fact]
    public async Task Watching_what_is_no_video_names_it()
    {
        var path = _folder.Write("a.mp4", []);

        var exception = await Assert.ThrowsAsync<InvalidVideoException>(async () =>
            await new ClipClassifier(_session).WatchAsync(path).CountAsync()
        );

        Assert.Equal($"{path}: the file is empty", exception.Message);
    }

    [Fact]
    public void An_encoder_is_refused_by_what_it_says_of_itself_or_calls_its_output()
    {
        byte[][] encoders =
        [
            SmallClipNetworks.Encoder("N", Clip),
            SmallClipNetworks.Encoder("N", Clip, "y", new KeyValuePair<string, string>("tacit.encoder.backbone", "r3d18")),
        ];

        Assert.All(
            encoders,
            encoder =>
            {
                using var session = OnnxSession.Open(encoder);
                Assert.Equal(
                    "the model is an encoder: it gives features, not scores of classes; fine-tune it to make it a classifier",
                    Assert.Throws<UnsuitableModelException>(() => new ClipClassifier(session)).Message
                );
            }
        );
    }

    [Fact]
    public void A_network_from_elsewhere_may_name_no_classes()
    {
        using var session = OnnxSession.Open(SmallClipNetworks.Encoder("N", Clip, "scores"));

        Assert.Empty(new ClipClassifier(session).Labels);
        Assert.Equal(3, new ClipClassifier(session).Classes);
        Assert.Equal(["a", "b", "c"], new ClipClassifier(session, labels: ["a", "b", "c"]).Labels);
    }

    [Fact]
    public void Names_for_other_outputs_are_refused()
    {
        using var session = OnnxSession.Open(SmallClipNetworks.Classifier(Clip, "walk", "run"));

        Assert.Equal(
            "the model gives 3 scores, but 2 classes are named",
            Assert.Throws<UnsuitableModelException>(() => new ClipClassifier(session)).Message
        );
    }

    [Fact]
    public async Task Scores_are_not_scaled()
    {
        using var store = new MemoryFrames((_, _) => 0, 30);

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await new ClipClassifier(_session).ScoresAsync(store, new() { NormalizeClips = true })
        );
    }

    private double[] Probabilities(VideoFrames video, int[] frames)
    {
        var tensor = new float[Clip.ElementCount];
        byte[] pixels = [.. frames.SelectMany(frame => video[frame].ToArray())];
        new ClipPreprocessor(Clip).Fill(new VideoFrames(frames.Length, video.Height, video.Width, pixels), tensor);
        var powers = _session.Run(tensor).Select(score => Math.Exp(score)).ToList();
        return [.. powers.Select(power => power / powers.Sum())];
    }

    // Half a second of each colour.
    private string Colors(string name, params string[] colors)
    {
        var inputs = colors.SelectMany(color => new[] { "-f", "lavfi", "-i", $"color=c={color}:size=32x24:rate=20:duration=0.5" });
        GeneratedVideo.Run([
            "-loglevel",
            "error",
            .. inputs,
            "-filter_complex",
            $"concat=n={colors.Length}",
            "-threads",
            "1",
            _folder.File(name),
        ]);
        return _folder.File(name);
    }
}
