using System.Collections.Immutable;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining;

[NoTensorLeaks]
public sealed class FeatureMonitorTests
{
    private static readonly PretrainingOptions Options = new()
    {
        Sampling = new() { Frames = 4 },
        Augmentation = AugmentationOptions.Rspnet with { Size = 8 },
    };

    // Seventeen videos, one more than a batch. 3 frames are shorter than a clip.
    [Theory]
    [InlineData(17, 24)]
    [InlineData(2, 3)]
    public async Task The_encoder_sees_clips_as_they_are_prepared_for_the_finished_one(int count, int frames)
    {
        using var store = new NoiseVideos(count, frames, size: 9);
        var seen = new List<float>();
        await LookAsync(
            store,
            clips =>
            {
                Assert.Equal([3, 4, 8, 8], clips.shape[1..]);
                seen.AddRange(clips.data<float>().ToArray());
                return ones(clips.shape[0], 2);
            }
        );

        var preprocessor = new ClipPreprocessor(VideoPretraining.PreprocessingOf(Options));
        var expected = new float[count * preprocessor.Preprocessing.ElementCount];
        for (var video = 0; video < count; video++)
        {
            var clip = TestClips.Of(frames, preprocessor.Preprocessing, count: 1)[0];
            var read = await store.ReadAsync(video, clip.AsMemory(), TestContext.Current.CancellationToken);
            preprocessor.Fill(
                read,
                expected.AsSpan(video * preprocessor.Preprocessing.ElementCount, preprocessor.Preprocessing.ElementCount)
            );
        }

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Neighbours_are_right_where_features_tell_classes_apart()
    {
        using var store = new NoiseVideos(12);
        var log = await LookAsync(store, clips => ByParity(clips.shape[0]));

        Assert.Equal(1, log["features.knn"]);
        Assert.Equal(1, log["features.rank"], 1e-6);
    }

    [Fact]
    public async Task A_video_that_cannot_be_read_is_left_out()
    {
        using var store = new NoiseVideos(12, broken: [2, 3]);
        var log = await LookAsync(
            store,
            clips =>
            {
                Assert.Equal(10, clips.shape[0]);
                return ByParity(10);
            }
        );

        Assert.Equal(1, log["features.knn"]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Features_that_are_no_numbers_have_no_rank_and_no_neighbours(float value)
    {
        using var store = new NoiseVideos(12);
        var log = await LookAsync(
            store,
            clips =>
            {
                var features = ByParity(clips.shape[0]);
                features[3, 1] = value;
                return features;
            }
        );

        Assert.Equal(double.NaN, log["features.rank"]);
        Assert.DoesNotContain("features.knn", log.Keys);
    }

    // Their sum overflows single precision.
    [Fact]
    public async Task Features_as_large_as_numbers_go_have_a_rank()
    {
        using var store = new NoiseVideos(12);
        var log = await LookAsync(store, clips => ByParity(clips.shape[0]) * float.MaxValue);

        Assert.Equal(1, log["features.rank"], 1e-6);
    }

    [Fact]
    public async Task Videos_without_classes_have_no_neighbours()
    {
        using var store = new NoiseVideos(12)
        {
            Videos = [.. Enumerable.Range(0, 12).Select(video => new StoredVideo($"{video}", 24, 36, 40, 25))],
        };
        var log = await LookAsync(store, clips => ByParity(clips.shape[0]));

        Assert.Equal(["features.rank", "features.spread"], log.Keys);
    }

    [Fact]
    public async Task Videos_of_one_source_have_no_neighbours_from_another()
    {
        using var noise = new NoiseVideos(12);
        using var store = new NoiseVideos(12) { Videos = [.. noise.Videos.Select(video => video with { Source = "film" })] };
        var log = await LookAsync(store, clips => ByParity(clips.shape[0]));

        Assert.DoesNotContain("features.knn", log.Keys);
    }

    // The classes of the videos, which alternate: (count, 2).
    private static Tensor ByParity(long count) => stack([arange(count) % 2, (arange(count) + 1) % 2], 1).to(ScalarType.Float32);

    private static async Task<ImmutableSortedDictionary<string, double>> LookAsync(IFrameStore store, Func<Tensor, Tensor> encode) =>
        await new FeatureMonitor(Options, store, CPU).LookAsync(encode, TestContext.Current.CancellationToken);
}
