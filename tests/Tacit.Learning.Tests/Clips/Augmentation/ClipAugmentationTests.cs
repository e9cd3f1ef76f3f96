using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class ClipAugmentationTests
{
    // Every operation is enabled and applies to half of the clips.
    private static readonly AugmentationOptions Everything = AugmentationOptions.RspnetPlus with
    {
        Size = 24,
        GrayscaleProbability = 0.5,
        JitterProbability = 0.5,
        BlurSigma = new(0.5, 2),
    };

    private readonly VideoFrames[] _clips = [.. Enumerable.Range(0, 8).Select(i => RandomClips.Of(3, 20 + 5 * i, 40 - 3 * i, (ulong)i))];

    [Fact]
    public void Gives_clips_of_different_sizes_one_size()
    {
        using var batch = new ClipAugmentation(Everything).Apply(_clips, seed: 1, step: 2);

        Assert.Equal([8, 3, 3, 24, 24], batch.shape);
        Assert.Equal(ScalarType.Float32, batch.dtype);
        Assert.True(batch.is_contiguous());
    }

    [Fact]
    public void What_becomes_of_a_clip_depends_on_seed_step_and_item_alone()
    {
        var augmentation = new ClipAugmentation(Everything);
        using var batch = augmentation.Apply(_clips, seed: 1, step: 2, firstItem: 100);
        for (var i = 0; i < _clips.Length; i++)
        {
            using var alone = augmentation.Apply([_clips[i]], seed: 1, step: 2, firstItem: 100 + i);
            Assert.Equal(Numbers(batch).Chunk(Numbers(alone).Length).ElementAt(i), Numbers(alone));
        }
    }

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(1, 3, 0)]
    [InlineData(1, 2, 1)]
    public void Another_seed_step_or_item_changes_it(ulong seed, long step, long item)
    {
        var augmentation = new ClipAugmentation(Everything);
        using var one = augmentation.Apply([_clips[0]], seed: 1, step: 2);
        using var other = augmentation.Apply([_clips[0]], seed, step, item);

        Assert.NotEqual(Numbers(one), Numbers(other));
    }

    [Fact]
    public void What_was_drawn_holds_for_every_frame_of_a_clip()
    {
        using var scope = NewDisposeScope();
        VideoFrames[] clips = [.. Enumerable.Range(0, 32).Select(i => RandomClips.Still(4, 30, 40, (ulong)i))];
        var batch = new ClipAugmentation(Everything).Apply(clips, seed: 1, step: 0);

        Assert.Equal(0, (batch - batch.narrow(2, 0, 1)).abs().max().ToDouble(), 1e-5);
    }

    [Fact]
    public void Clips_of_a_batch_are_changed_differently()
    {
        var clip = RandomClips.Of(2, 30, 30);
        var augmentation = new ClipAugmentation(AugmentationOptions.Rspnet with { Size = 16 });
        using var batch = augmentation.Apply([.. Enumerable.Repeat(clip, 16)], seed: 3, step: 1);

        Assert.Equal(16, Numbers(batch).Chunk(3 * 2 * 16 * 16).Select(numbers => string.Join(" ", numbers)).Distinct().Count());
    }

    [Fact]
    public void Operations_come_in_the_order_of_RSPNet()
    {
        using var scope = NewDisposeScope();
        var options = Everything with { FlipProbability = 1, GrayscaleProbability = 0, JitterProbability = 1, BlurProbability = 1 };
        var batch = new ClipAugmentation(options).Apply([_clips[0]], seed: 1, step: 2);

        var random = new RandomStream(1, "augmentation", 2);
        var box = RandomResizedCrop.Draw(_clips[0].Height, _clips[0].Width, options.CropArea, options.CropAspect, random);
        var expected = box.Resized(_clips[0], options.Size);
        _ = (random.NextDouble(), random.NextDouble()); // whether gray, whether jittered
        ColorJitter.Draw(options, random).Apply(expected);
        HorizontalFlip.Apply(expected);
        _ = (random.NextDouble(), random.NextDouble()); // whether flipped, whether blurred
        GaussianBlur.Apply(expected, options.BlurKernel, options.BlurSigma.At(random.NextDouble()));
        Normalization.Apply(expected, options.Mean, options.Std);
        Assert.Equal(Numbers(expected), Numbers(batch));
    }

    [Fact]
    public void Nothing_at_random_is_how_clips_are_prepared_for_the_encoder()
    {
        var options = AugmentationOptions.None with { Size = 24 };
        using var batch = new ClipAugmentation(options).Apply(_clips, seed: 1, step: 2);
        var preprocessor = new ClipPreprocessor(
            VideoPretraining.PreprocessingOf(
                new()
                {
                    Sampling = new() { Frames = 3 },
                    Augmentation = options,
                }
            )
        );

        Assert.All(
            _clips.Zip(Numbers(batch).Chunk(3 * 3 * 24 * 24)),
            pair =>
            {
                var prepared = new float[pair.Second.Length];
                preprocessor.Fill(pair.First, prepared);
                Assert.Equal(prepared, pair.Second, (a, b) => Math.Abs(a - b) < 1e-5f);
            }
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void Flips_are_as_frequent_as_asked_for(double probability)
    {
        var options = AugmentationOptions.None with { Size = 2, FlipProbability = probability };
        var clip = new VideoFrames(1, 2, 2, [0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255]);
        using var batch = new ClipAugmentation(options).Apply([.. Enumerable.Repeat(clip, 2000)], seed: 1, step: 0);
        var flipped = Numbers(batch).Chunk(12).Count(numbers => numbers[0] > numbers[1]);

        Assert.InRange(flipped / 2000.0, probability - 0.05, probability + 0.05); // 5 standard errors of 0.25
    }

    [Fact]
    public void Grays_are_as_frequent_as_asked_for_and_stay_gray()
    {
        var options = AugmentationOptions.Rspnet with { Size = 4, Mean = new(0), Std = new(1) };
        using var batch = new ClipAugmentation(options).Apply([.. Enumerable.Repeat(RandomClips.Of(1, 9, 9), 1000)], seed: 1, step: 0);
        var gray = Numbers(batch)
            .Chunk(48)
            .Count(numbers => Enumerable.Range(0, 32).All(i => Math.Abs(numbers[i] - numbers[i + 16]) < 1e-5));

        Assert.InRange(gray / 1000.0, 0.2 - 0.065, 0.2 + 0.065);
    }

    [Fact]
    public void Leaves_the_clips_as_they_are()
    {
        var before = _clips.Select(clip => clip.Pixels.ToArray()).ToArray();
        new ClipAugmentation(Everything).Apply(_clips, seed: 1, step: 2).Dispose();

        Assert.Equal(before, _clips.Select(clip => clip.Pixels.ToArray()));
    }

    [Fact]
    public void Refuses_clips_that_make_no_batch()
    {
        var augmentation = new ClipAugmentation(AugmentationOptions.Rspnet);
        Assert.Throws<ArgumentException>("clips", () => augmentation.Apply([], seed: 1, step: 0));
        VideoFrames[] clips = [RandomClips.Of(2, 9, 9), RandomClips.Of(3, 9, 9)];
        var e = Assert.Throws<ArgumentException>("clips", () => augmentation.Apply(clips, seed: 1, step: 0));
        Assert.StartsWith("the clips of a batch must have the same number of frames, not 2 and 3", e.Message, StringComparison.Ordinal);
    }

    private static float[] Numbers(Tensor tensor) => tensor.data<float>().ToArray();
}
