using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Optimization;

public sealed class OptimizerOptionsTests
{
    public static TheoryData<string, Action> OutOfRange =>
        new()
        {
            { "Kind", () => _ = new OptimizerOptions { Kind = (OptimizerKind)7 } },
            { "LearningRate", () => _ = new OptimizerOptions { LearningRate = 0 } },
            { "LearningRate", () => _ = new OptimizerOptions { LearningRate = double.NaN } },
            { "LearningRate", () => _ = new OptimizerOptions { LearningRate = double.PositiveInfinity } },
            { "WarmUpSteps", () => _ = new OptimizerOptions { WarmUpSteps = -1 } },
            { "LastFactor", () => _ = new OptimizerOptions { LastFactor = 1.1 } },
            { "Momentum", () => _ = new OptimizerOptions { Momentum = 1 } },
            { "WeightDecay", () => _ = new OptimizerOptions { WeightDecay = -1 } },
            { "Beta1", () => _ = new OptimizerOptions { Beta1 = 1 } },
            { "Beta2", () => _ = new OptimizerOptions { Beta2 = -0.1 } },
            { "TrustCoefficient", () => _ = new OptimizerOptions { TrustCoefficient = 0 } },
            { "MaxGradientNorm", () => _ = new OptimizerOptions { MaxGradientNorm = 0 } },
        };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Values_are_checked_where_they_are_set(string name, Action set)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(set);

        Assert.Equal(name, exception.ParamName);
        Assert.StartsWith(name + " must be ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults()
    {
        var options = new OptimizerOptions();

        Assert.Equal(
            (OptimizerKind.Sgd, 0.1, 0L, 0.0, 0.9, false, 1e-4, 0.9, 0.999, 0.001),
            (
                options.Kind,
                options.LearningRate,
                options.WarmUpSteps,
                options.LastFactor,
                options.Momentum,
                options.Nesterov,
                options.WeightDecay,
                options.Beta1,
                options.Beta2,
                options.TrustCoefficient
            )
        );
        Assert.Null(options.SparesVectors);
        Assert.Null(options.MaxGradientNorm);
    }

    [Fact]
    public void Contradictions_come_in_one_message()
    {
        var options = new OptimizerOptions
        {
            Kind = OptimizerKind.AdamW,
            Nesterov = true,
            WarmUpSteps = 11,
        };

        var exception = Assert.Throws<ArgumentException>(() => options.Schedule(10));

        Assert.Equal(
            "The optimizer cannot be made: WarmUpSteps (11) must not be more than all steps (10); Nesterov needs Sgd or Lars with a Momentum above 0.",
            exception.Message
        );
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 0.2)]
    [InlineData(2, 0.2)]
    [InlineData(6, 0.11)]
    [InlineData(10, 0.02)]
    public void The_rate_rises_and_falls_to_its_last_share(long step, double rate) =>
        Assert.Equal(
            rate,
            new OptimizerOptions
            {
                LearningRate = 0.2,
                WarmUpSteps = 2,
                LastFactor = 0.1,
            }
                .Schedule(10)
                .At(step),
            12
        );

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 0.2)]
    [InlineData(4, 0.2)]
    [InlineData(5, 0.02)]
    [InlineData(7, 0.002)]
    [InlineData(9, 0.002)]
    public void With_milestones_the_rate_falls_at_them_alone(long step, double rate) =>
        Assert.Equal(
            rate,
            new OptimizerOptions
            {
                LearningRate = 0.2,
                WarmUpSteps = 2,
                LastFactor = 0.1,
                Milestones = [0.5, 0.7],
            }
                .Schedule(10)
                .At(step),
            12
        );

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.7, 0.5)]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 1)]
    public void Milestones_rise_within0_and1(double first, double second) =>
        Assert.Throws<ArgumentException>("Milestones", () => new OptimizerOptions { Milestones = [first, second] });

    [Fact]
    public void They_come_back_from_json()
    {
        var options = new OptimizerOptions
        {
            Kind = OptimizerKind.Lars,
            SparesVectors = false,
            MaxGradientNorm = 3,
        };

        Assert.Equal(options, OptionsJson.FromJson<OptimizerOptions>(OptionsJson.ToJson(options)));
    }
}
