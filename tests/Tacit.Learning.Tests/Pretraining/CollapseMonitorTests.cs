using CsCheck;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining;

[NoTensorLeaks]
public sealed class CollapseMonitorTests
{
    [Fact]
    public void Vectors_in_all_directions_have_a_spread_of_about_one()
    {
        using var scope = NewDisposeScope();
        var values = new float[500 * 32];
        new RandomStream(1, "spread").FillGaussian(values);

        Assert.Equal(1, CollapseMonitor.Spread(nn.functional.normalize(tensor(values, [500, 32]), p: 2, dim: 1)), 0.02);
    }

    [Fact]
    public void Equal_vectors_have_no_spread()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0, CollapseMonitor.Spread(ones(8, 4) / 2), 1e-6);
    }

    [Fact]
    public void The_effective_rank_of_orthogonal_features_of_one_size_is_their_number() =>
        Gen.Int[2, 8]
            .Sample(
                count =>
                {
                    using var scope = NewDisposeScope();
                    var features = cat([eye(count), -eye(count)], 0); // mean 0, count singular values of one size

                    Assert.Equal(count, CollapseMonitor.EffectiveRank(features), 1e-3);
                },
                threads: 1
            );

    [Fact]
    public void Features_on_a_line_have_rank_one()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(1, CollapseMonitor.EffectiveRank(arange(0, 9, dtype: ScalarType.Float32).unsqueeze(1) * ones(1, 5)), 1e-3);
    }

    [Fact]
    public void What_is_no_number_has_no_rank()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(double.NaN, CollapseMonitor.EffectiveRank(full([3, 2], float.NaN)));
    }

    [Fact]
    public void Only_a_lasting_lack_of_spread_is_a_collapse()
    {
        var monitor = new CollapseMonitor();
        Assert.All(Enumerable.Range(0, CollapseMonitor.Patience - 1), _ => Assert.False(monitor.IsCollapsed([1, 0.001])));
        Assert.False(monitor.IsCollapsed([1, 0.5]));
        Assert.Equal(0, monitor.Steps);
        Assert.All(Enumerable.Range(0, CollapseMonitor.Patience - 1), _ => Assert.False(monitor.IsCollapsed([0.001])));

        Assert.True(monitor.IsCollapsed([0.001]));
    }
}
