using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.FineTuning;
using Tacit.Learning.Tests.Evaluation;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.FineTuning;

[NoTensorLeaks]
public sealed class ValidationVideosTests
{
    private static readonly ClipPreprocessing Clip = new(4, 8);

    // Ten videos, more than are evaluated in one batch. The logits are the mean red and green of a clip, multiplied by 30.
    [Fact]
    public async Task Scores_are_the_mean_of_the_logits_of_evenly_spaced_clips()
    {
        using var store = new ColouredVideos(10, frames: 9, size: 9);
        var (preprocessor, loss) = (new ClipPreprocessor(Clip), 0.0);
        for (var video = 0; video < 10; video++)
        {
            var clips = TestClips.Of(9, Clip, 3);
            double[] scores = [0, 0];
            foreach (var clip in clips)
            {
                var values = new float[Clip.ElementCount];
                preprocessor.Fill(await store.ReadAsync(video, clip.AsMemory(), TestContext.Current.CancellationToken), values);
                var plane = values.Length / 3;
                (scores[0], scores[1]) = (
                    scores[0] + (10 * values.AsSpan(0, plane).ToArray().Average()),
                    scores[1] + (10 * values.AsSpan(plane, plane).ToArray().Average())
                );
            }

            loss += Math.Log(Math.Exp(scores[0]) + Math.Exp(scores[1])) - scores[video % 2];
        }

        var judged = await JudgeAsync(store, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);

        Assert.Equal(100, judged.Accuracy);
        Assert.Equal(loss / 10, judged.Loss, 1e-4);
    }

    [Fact]
    public async Task The_share_of_right_ones_is_in_percent()
    {
        using var store = new ColouredVideos(4, size: 9);

        Assert.Equal(75, (await JudgeAsync(store, [0, 1, 0, 0])).Accuracy);
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_out_and_named()
    {
        using var store = new ColouredVideos(4, size: 9, broken: [1]);
        var videos = new ValidationVideos(store, [0, 0, 0, 1], Clip, clips: 1, maxUnreadable: 0.25, CPU);
        var judged = await videos.JudgeAsync(Logits, TestContext.Current.CancellationToken);

        Assert.Equal((100, "video01"), (judged.Accuracy, Assert.Single(videos.Unreadable).Key));
    }

    [Fact]
    public async Task Where_too_many_cannot_be_read_it_ends()
    {
        using var store = new ColouredVideos(4, broken: [1, 2]);
        var failure = await Assert.ThrowsAsync<InvalidDatasetException>(() => JudgeAsync(store, [0, 1, 0, 1]).AsTask());

        Assert.StartsWith(
            "2 of 4 videos held out for validation cannot be read, more than the 25 % allowed: video01 (",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    private static ValueTask<(double Accuracy, double Loss)> JudgeAsync(IFrameStore store, int[] labels) =>
        new ValidationVideos(store, [.. labels], Clip, clips: 3, maxUnreadable: 0.25, CPU).JudgeAsync(
            Logits,
            TestContext.Current.CancellationToken
        );

    private static Tensor Logits(Tensor clips) => clips.mean([2, 3, 4]).narrow(1, 0, 2) * 30; // (N, 2)
}
