using System.Runtime.CompilerServices;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Tests.Video.Storage;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Clips;

public sealed class VideoEncoderTests
{
    private static readonly ClipPreprocessing Clip = new(4, 4)
    {
        Mean = new(0.5f),
        Std = new(0.25f),
        TestClips = 3,
    };

    // The encoder gives the mean of each channel over a clip, so the expected features are a loop over frame numbers.
    [Theory]
    [InlineData(null, 10, 1)]
    [InlineData(2, 1, 3)]
    [InlineData(7, 3, 2)]
    public async Task A_video_is_the_mean_of_its_clips(int? clips, int batch, int readers)
    {
        int[] lengths = [30, 3, 5];
        using var session = Session("N", Clip);
        using var store = new MemoryFrames(Value, lengths);

        var features = await new VideoEncoder(session).EncodeAsync(
            store,
            new()
            {
                Clips = clips,
                Batch = batch,
                Readers = readers,
            }
        );

        Assert.Equal((3, 3), (features.Count, features.Dimension));
        for (var video = 0; video < 3; video++)
        {
            var mean = TestClips
                .Of(lengths[video], Clip, clips ?? 3)
                .Average(clip => clip.Average(frame => (Value(video, frame) / 255.0 - 0.5) / 0.25));
            Assert.Equal(mean, features[video][0], 1e-5);
        }

        static int Value(int video, int frame) => 50 * video + 3 * frame;
    }

    [Fact]
    public async Task Clips_may_be_scaled_to_length_1()
    {
        using var session = Session("N", Clip with { Mean = new(0), Std = new(1) });
        using var store = new MemoryFrames((_, frame) => 10 + frame, 20);

        var features = await new VideoEncoder(session).EncodeAsync(store, new() { NormalizeClips = true });

        Assert.Equal(Math.Sqrt(1.0 / 3), features[0][1], 1e-6);
    }

    [Fact]
    public async Task A_batch_that_the_network_fixes_is_no_matter()
    {
        using var free = Session("N", Clip);
        using var fixedTo2 = Session(2, Clip);
        using var store = new MemoryFrames((video, frame) => video + frame, 30, 12);

        Assert.Equal(
            (await new VideoEncoder(free).EncodeAsync(store)).Values.ToArray(),
            (await new VideoEncoder(fixedTo2).EncodeAsync(store)).Values.ToArray()
        );
    }

    [Fact]
    public async Task Progress_counts_videos()
    {
        var seen = new List<VideoEncodingProgress>();
        using var session = Session("N", Clip);
        using var store = new MemoryFrames((_, _) => 0, 30, 12);

        await new VideoEncoder(session).EncodeAsync(store, new() { Batch = 1 }, new Recorder(seen));

        Assert.Equal([new(1, 2), new(2, 2)], seen);
    }

    [Fact]
    public async Task Cancelling_stops()
    {
        using var session = Session("N", Clip);
        using var store = new MemoryFrames((_, _) => 0, 30);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new VideoEncoder(session).EncodeAsync(store, cancellation: new CancellationToken(canceled: true))
        );
    }

    [Fact]
    public async Task No_videos_are_one_line()
    {
        using var session = Session("N", Clip);
        using var store = new MemoryFrames((_, _) => 0);

        var exception = await Assert.ThrowsAsync<InvalidDatasetException>(() => new VideoEncoder(session).EncodeAsync(store));

        Assert.Equal("there are no videos to encode", exception.Message);
    }

    [Fact]
    public void An_encoder_that_does_not_say_how_clips_are_prepared_is_one_line()
    {
        using var session = Session("N", null);

        Assert.Equal(
            "the model does not say how its clips are prepared (no metadata tacit.clip.frames); give the frames, the size, the mean and the standard deviation",
            Assert.Throws<UnsuitableModelException>(() => new VideoEncoder(session)).Message
        );
    }

    [Fact]
    public void Preprocessing_that_does_not_fit_is_one_line()
    {
        using var session = Session("N", Clip);

        Assert.Equal(
            "the model takes clips of 4 frames of 4 pixels, but the preprocessing makes 8 frames of 4 pixels",
            Assert.Throws<UnsuitableModelException>(() => new VideoEncoder(session, Clip with { Frames = 8 })).Message
        );
    }

    [Fact]
    public void A_network_of_images_is_one_line()
    {
        using var session = OnnxSession.Open(Sessions.SmallNetworks.ChannelMeans("N"));

        Assert.StartsWith(
            "the model does not take clips: it must have one input Float32 N x 3 x frames x height x width, but has image: ",
            Assert.Throws<UnsuitableModelException>(() => new VideoEncoder(session, Clip)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_network_that_gives_no_vectors_is_one_line()
    {
        var builder = new GraphBuilder("maps");
        builder.Output(builder.Add("Relu", [builder.Input("clip", new("N", 3, 4, 4, 4))], name: "maps"), new("N", 3, 4, 4, 4));
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(builder.Build()));

        Assert.StartsWith(
            "the model gives no features: its first output must be Float32 N x D, but it has maps: ",
            Assert.Throws<UnsuitableModelException>(() => new VideoEncoder(session, Clip)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_classifier_is_refused_in_one_line()
    {
        using var session = OnnxSession.Open(SmallClipNetworks.Classifier(Clip));

        Assert.Equal(
            "the model is a classifier: it gives scores of classes, not features; judge it with ClipClassifier, or give the encoder that it was made from",
            Assert.Throws<UnsuitableModelException>(() => new VideoEncoder(session)).Message
        );
    }

    [Fact]
    public async Task A_file_gives_what_it_gives_in_a_set()
    {
        using var folder = new TemporaryFolder();
        var path = new GeneratedVideo { Width = 300, Height = 200 }.Write(folder.File("a.mp4"));
        using var session = Session("N", Clip);
        using var set = await LiveVideos.OpenAsync(VideoSet.Read(folder.Path));
        var encoder = new VideoEncoder(session);

        Assert.Equal((await encoder.EncodeAsync(set))[0].ToArray(), await encoder.EncodeAsync(path));
    }

    [Fact]
    public async Task A_file_that_is_no_video_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.mp4", []);
        using var session = Session("N", Clip);

        var exception = await Assert.ThrowsAsync<InvalidVideoException>(() => new VideoEncoder(session).EncodeAsync(path));

        Assert.Equal(($"{path}: the file is empty", path), (exception.Message, exception.Path));
    }

    [Fact]
    public async Task Of_many_files_one_that_cannot_be_read_does_not_stop_the_others()
    {
        using var folder = new TemporaryFolder();
        VideoFolderFixture.WriteDamaged(folder.File("b.mkv"));
        string[] paths =
        [
            new GeneratedVideo().Write(folder.File("a.mp4")),
            folder.Write("empty.mp4", []),
            folder.File("b.mkv"),
            folder.File("a.mp4"),
        ];
        using var session = Session("N", Clip);
        var encoder = new VideoEncoder(session);

        var results = await encoder.EncodeAsync(paths, new() { Clips = 10, Batch = 3 }).ToListAsync();

        Assert.Equal(paths, results.Select(result => result.Path));
        Assert.Equal([false, true, true, false], results.Select(result => result.Error is InvalidVideoException));
        Assert.Equal(await encoder.EncodeAsync(paths[0], new() { Clips = 10 }), results[3].Value);
        Assert.Same(results[1].Error, Assert.Throws<InvalidVideoException>(() => results[1].Value));
    }

    // The next path never arrives. The results so far must.
    [Fact]
    public async Task A_result_does_not_wait_for_the_next_file()
    {
        using var folder = new TemporaryFolder();
        var path = new GeneratedVideo().Write(folder.File("a.mp4"));
        using var session = Session("N", Clip);

        await foreach (var result in new VideoEncoder(session).EncodeAsync(Paths()))
        {
            Assert.Equal(3, result.Value.Length);
            break;
        }

        async IAsyncEnumerable<string> Paths([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            yield return path;
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }

    [Fact]
    public async Task Cancelling_many_files_stops_and_leaves_no_program()
    {
        using var programs = new FakePrograms();
        var path = new GeneratedVideo().Write(programs.File("a.mp4"));
        using var session = Session("N", Clip);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var _ in new VideoEncoder(session).EncodeAsync(
                    Enumerable.Repeat(path, 1000),
                    new() { Ffmpeg = programs.Options },
                    stop.Token
                )
            )
            {
                await stop.CancelAsync();
            }
        });

        Assert.InRange(programs.Pids().Length, 2, 40);
        await FakePrograms.Until(programs.AllReaped);
    }

    private static OnnxSession Session(Dimension batch, ClipPreprocessing? clip) =>
        OnnxSession.Open(SmallClipNetworks.Encoder(batch, clip));

    private sealed class Recorder(List<VideoEncodingProgress> seen) : IProgress<VideoEncodingProgress>
    {
        public void Report(VideoEncodingProgress value) => seen.Add(value);
    }
}
