using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Optimization;

[NoTensorLeaks]
public sealed class ExponentialMovingAverageTests
{
    private static readonly Model From = ResNetCifar.Build(8, 5, width: 2, seed: 3);
    private static readonly Model To = ResNetCifar.Build(8, 5, width: 2, seed: 4);

    [Theory]
    [InlineData(0, 0.996)]
    [InlineData(25, 0.99658578643762691)] // 1 - 0.004 · (cos(pi / 4) + 1) / 2
    [InlineData(50, 0.998)]
    [InlineData(100, 1)]
    [InlineData(101, 1)]
    public void TheMomentumRisesAlongHalfACosine(long step, double momentum)
    {
        using var weights = TorchWeights.From(From, CPU, trainable: false);

        Assert.Equal(
            momentum,
            new ExponentialMovingAverage(new ExponentialMovingAverageOptions(), weights, weights, 100).MomentumAt(step),
            12
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parameters_are_averaged_and_statistics_copied_where_wanted(bool copies)
    {
        using var target = TorchWeights.From(To, CPU, trainable: false);
        using var source = TorchWeights.From(From, CPU, trainable: true);
        Set(source.Statistics[0].Tensor, 7);
        var options = new ExponentialMovingAverageOptions
        {
            FirstMomentum = 0.7,
            LastMomentum = 0.7,
            CopiesStatistics = copies,
        };

        new ExponentialMovingAverage(options, target, source, 10).Update(3);

        var averaged = target.ToWeights();
        Assert.All(
            target.Parameters,
            parameter =>
                Assert.All(
                    To.Weights[parameter.Name]
                        .As<float>()
                        .ToArray()
                        .Zip(From.Weights[parameter.Name].As<float>().ToArray(), (old, followed) => 0.7 * old + 0.3 * followed)
                        .Zip(averaged[parameter.Name].As<float>().ToArray()),
                    pair => Assert.Equal(pair.First, pair.Second, 1e-6)
                )
        );
        Assert.Equal(copies ? 7 : To.Weights[target.Statistics[0].Name].As<float>()[0], averaged[target.Statistics[0].Name].As<float>()[0]);
    }

    [Fact]
    public void The_source_stays()
    {
        using var target = TorchWeights.From(To, CPU, trainable: true);
        using var source = TorchWeights.From(From, CPU, trainable: true);

        new ExponentialMovingAverage(new ExponentialMovingAverageOptions { FirstMomentum = 0.5 }, target, source, 10).Update(0);

        Assert.All(source.ToWeights(), weight => Assert.True(weight.Value.Bytes.SequenceEqual(From.Weights[weight.Key].Bytes)));
    }

    [Fact]
    public void A_momentum_of_one_moves_nothing()
    {
        using var target = TorchWeights.From(To, CPU, trainable: false);
        using var source = TorchWeights.From(From, CPU, trainable: false);

        new ExponentialMovingAverage(new ExponentialMovingAverageOptions { CopiesStatistics = false }, target, source, 10).Update(10);

        Assert.All(target.ToWeights(), weight => Assert.True(weight.Value.Bytes.SequenceEqual(To.Weights[weight.Key].Bytes)));
    }

    [Fact]
    public void Refuses_weights_of_other_sizes()
    {
        using var target = TorchWeights.From(To, CPU, trainable: false);
        using var wide = TorchWeights.From(ResNetCifar.Build(8, 5, width: 4, seed: 4), CPU, trainable: false);

        var exception = Assert.Throws<ArgumentException>(() =>
            new ExponentialMovingAverage(new ExponentialMovingAverageOptions(), target, wide, 10)
        );

        Assert.Contains("is of other sizes in the two sets of weights", exception.Message);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void The_momentum_is_checked(double momentum)
    {
        Assert.Throws<ArgumentOutOfRangeException>("FirstMomentum", () => new ExponentialMovingAverageOptions { FirstMomentum = momentum });
        Assert.Throws<ArgumentOutOfRangeException>("LastMomentum", () => new ExponentialMovingAverageOptions { LastMomentum = momentum });
    }

    private static void Set(Tensor tensor, float value)
    {
        using var guard = no_grad();
        tensor.fill_(value);
    }
}
