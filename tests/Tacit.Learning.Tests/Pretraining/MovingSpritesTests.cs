using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Tests.Pretraining;

/// <summary>
/// Tests what ASCNet learns on videos with known factors. bench/results/pretraining.md has the figures of longer trainings.
/// </summary>
/// <remarks>
/// There are two test classes, so that their trainings run at the same time. Chance is 1/8 for objects and 1/2 for rates.
/// </remarks>
public static class MovingSpritesTests
{
    private static readonly AscNetRecipe AscNet = new()
    {
        HiddenWidth = 256,
        EmbeddingWidth = 64,
        GalleryCapacity = 512,
        GalleryWarmUp = 128,
        SpeedContrastWeight = 1,
    };

    private static readonly PretrainingOptions Options = PretrainingOptions.Of(PretrainingPreset.Tiny) with
    {
        Width = 0.25,
        Augmentation = AugmentationOptions.None with { Size = 48, CropArea = new(0.4, 1), FlipProbability = 0.5 },
        Recipe = AscNet,
        Epochs = 24,
        MonitorInterval = 1_000_000,
    };

    public sealed class WithSpeedContrast
    {
        [Fact]
        public async Task Appearance_and_speed_are_learnt()
        {
            var both = await TrainAsync(Options);

            Assert.True(both.Objects("appearance") > 25, $"objects {both.Objects("appearance")} %");
            Assert.True(both.Rates("speed") > 85, $"rates {both.Rates("speed")} %");
        }
    }

    public sealed class ByAppearanceAlone
    {
        [Fact]
        public async Task Speed_is_not_learnt()
        {
            var appearance = await TrainAsync(Options with { Recipe = AscNet with { SpeedWeight = 0, SpeedContrastWeight = 0 } });

            Assert.True(appearance.Rates("speed") < 70, $"rates {appearance.Rates("speed")} %");
        }
    }

    private static async Task<SpriteRetrieval> TrainAsync(PretrainingOptions options)
    {
        using var train = Videos(128, seed: 0);
        using var test = Videos(96, seed: 77);
        var cancellation = TestContext.Current.CancellationToken;
        var result = await new VideoPretraining(options).RunAsync(train, cancellation: cancellation);
        return await SpriteRetrieval.OfAsync(result.WithHeads, VideoPretraining.PreprocessingOf(options), test, seed: 0, cancellation);
    }

    private static MovingSprites Videos(int count, ulong seed) =>
        new(
            new()
            {
                Videos = count,
                Seed = seed,
                Backgrounds = 1,
                Radius = 0.2,
            }
        );
}
