using Tacit.Learning.FineTuning;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.FineTuning;

public sealed class VideoFineTuningOptionsTests
{
    [Theory]
    [InlineData("r3d-18", 0.1, 32, 30)]
    [InlineData("c3d", 0.005, 20, 30)]
    [InlineData("r2plus1d-vcop", 0.1, 8, 30)]
    [InlineData("s3d-g", 0.005, 4, 50)]
    [InlineData(null, 0.1, 32, 30)]
    public void Paper_has_the_schedule_of_the_backbone(string? backbone, double rate, int batch, int epochs)
    {
        var options = VideoFineTuningOptions.Of(FineTuningPreset.Paper, backbone);

        Assert.Equal((rate, batch, epochs), (options.Optimizer.LearningRate, options.BatchSize, options.Epochs));
        Assert.Equal((OptimizerKind.Sgd, 0.9, 1e-4), (options.Optimizer.Kind, options.Optimizer.Momentum, options.Optimizer.WeightDecay));
        Assert.Equal(
            (0.25, 1, 0.5, 0, 0),
            (
                options.Augmentation.CropArea.Low,
                options.Augmentation.CropArea.High,
                options.Augmentation.FlipProbability,
                options.Augmentation.JitterProbability,
                options.Augmentation.GrayscaleProbability
            )
        );
        Assert.Equal((0.2, 3, false), (options.Validation, options.ValidationClips, options.FromScratch));
    }

    [Fact]
    public void Options_are_kept_in_a_run()
    {
        var options = VideoFineTuningOptions.Of(FineTuningPreset.Tiny) with
        {
            Optimizer = new() { Milestones = [0.5, 0.7] },
            Validation = 0.25,
        };
        var read = OptionsJson.FromJson<VideoFineTuningOptions>(OptionsJson.ToJson(options));

        Assert.Equal([0.5, 0.7], read.Optimizer.Milestones);
        Assert.Equal(options with { Optimizer = read.Optimizer }, read);
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_validation_part_is_at_most_half(double share)
    {
        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => new VideoFineTuningOptions { Validation = share });

        Assert.StartsWith("Validation must be from 0 to 0.5", failure.Message, StringComparison.Ordinal);
    }
}
