using CsCheck;
using Tacit.Graphs;
using Tacit.Learning.Optimization;
using TorchSharp;
using TorchSharp.Modules;

namespace Tacit.Learning.Tests.Optimization;

[NoTensorLeaks]
public sealed class PlateauScheduleTests
{
    [Fact]
    public void Defaults_are_py_torchs()
    {
        var options = new PlateauOptions();

        Assert.Equal((0.1, 10, 1e-4, 0.0), (options.Factor, options.Patience, options.Threshold, options.MinRate));
    }

    [Fact]
    public void Agrees_with_torch() =>
        Gen.Select(Gen.Double[0.1, 2].Array[1, 60], Gen.Int[0, 4], Gen.Double[0, 0.2])
            .Sample(
                (losses, patience, threshold) =>
                {
                    using var parameter = new Parameter(torch.ones(1));
                    using var optimizer = torch.optim.SGD([parameter], 1.0);
                    var theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
                        optimizer,
                        factor: 0.5,
                        patience: patience,
                        threshold: threshold,
                        min_lr: [0.01]
                    );
                    var ours = new PlateauSchedule(
                        1,
                        new PlateauOptions
                        {
                            Factor = 0.5,
                            Patience = patience,
                            Threshold = threshold,
                            MinRate = 0.01,
                        }
                    );
                    foreach (var loss in losses)
                    {
                        theirs.step(loss);
                        Assert.Equal(optimizer.ParamGroups.First().LearningRate, ours.Observe(loss), 12);
                    }
                },
                iter: 30,
                threads: 1
            );

    [Fact]
    public void Not_a_number_is_no_improvement()
    {
        var plateau = new PlateauSchedule(1, new PlateauOptions { Patience = 0 });

        Assert.Equal(0.1, plateau.Observe(double.NaN));
    }

    [Fact]
    public void Restores_its_state() =>
        Gen.Select(Gen.Double[0.1, 2].Array[1, 30], Gen.Double[0.1, 2].Array[1, 30])
            .Sample(
                (before, after) =>
                {
                    var options = new PlateauOptions { Patience = 2, Factor = 0.7 };
                    var whole = new PlateauSchedule(0.3, options);
                    Array.ForEach(before, loss => whole.Observe(loss));
                    var resumed = new PlateauSchedule(99, options) { State = whole.State };
                    return after.All(loss => whole.Observe(loss) == resumed.Observe(loss));
                },
                iter: 50
            );

    [Fact]
    public void Refuses_a_state_that_is_none() => Assert.Throws<InvalidFileException>(() => new PlateauSchedule(1) { State = "1 x 2" });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Refuses_a_factor_that_is_none(double factor) =>
        Assert.Throws<ArgumentOutOfRangeException>("Factor", () => new PlateauOptions { Factor = factor });
}
