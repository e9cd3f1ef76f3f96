using System.Collections.Immutable;
using CsCheck;
using Tacit.Learning.Clips;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining.Methods;

[NoTensorLeaks]
public sealed class LossTests
{
    [Fact]
    public void The_regression_loss_compares_each_prediction_with_the_other_clip() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 5], Gen.Int[2, 6])
            .Sample(
                (seed, videos, width) =>
                {
                    using var scope = NewDisposeScope();
                    var (predictions, targets) = (Unit(seed, 0, 2 * videos, width), Unit(seed, 1, 2 * videos, width));
                    var expected = 0.0;
                    for (var row = 0; row < 2 * videos; row++)
                    {
                        var other = (row + videos) % (2 * videos);
                        expected +=
                            Enumerable.Range(0, width).Sum(i => Math.Pow(predictions[row][i] - targets[other][i], 2)) / (2 * videos);
                    }

                    Assert.Equal(expected, RegressionLoss.Forward(ToTensor(predictions), ToTensor(targets)).ToDouble(), 1e-5);
                },
                iter: 50,
                threads: 1
            );

    [Fact]
    public void Orthogonal_vectors_are_two_apart()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(
            2,
            RegressionLoss.Forward(tensor(new float[] { 1, 0, 1, 0 }, [2, 2]), tensor(new float[] { 0, 1, 0, 1 }, [2, 2])).ToDouble(),
            1e-6
        );
    }

    [Fact]
    public void Speed_consistency_averages_over_what_was_found()
    {
        using var scope = NewDisposeScope();
        var predictions = tensor(new float[] { 1, 0, 0, 1 }, [2, 2]);
        var speeds = tensor(
            new float[]
            {
                0,
                1,
                1,
                0, /* second */
                0,
                1,
                9,
                9,
            },
            [2, 2, 2]
        );
        var found = tensor(new[] { true, true, true, false }, [2, 2]);
        var matches = new GalleryMatches(speeds, found, ImmutableArray<(int, ClipIdentity)>.Empty);

        Assert.Equal((2 + 0 + 0) / 3.0, SpeedConsistency.Forward(predictions, matches).ToDouble(), 1e-6);
    }

    [Fact]
    public void Speed_consistency_of_nothing_is_zero_and_has_a_finite_gradient()
    {
        using var scope = NewDisposeScope();
        var predictions = ones([1, 2], requires_grad: true);
        var matches = new GalleryMatches(zeros(1, 1, 2), tensor(new[] { false }, [1, 1]), []);
        var loss = SpeedConsistency.Forward(predictions, matches);
        loss.backward();

        Assert.Equal(0, loss.ToDouble());
        Assert.Equal([0f, 0f], predictions.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Speed_contrast_is_the_share_of_clips_of_the_same_speed() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 5], Gen.Int[1, 8])
            .Sample(
                (seed, clips, entries) =>
                {
                    using var scope = NewDisposeScope();
                    var random = new RandomStream(seed, "contrast");
                    var similarities = new float[clips * entries];
                    random.FillUniform(similarities, -1, 1);
                    var kinds = Enumerable.Range(0, clips * entries).Select(_ => random.NextInt32(3)).ToArray(); // 0: the same video
                    var (expected, counted) = (0.0, 0);
                    for (var clip = 0; clip < clips; clip++)
                    {
                        double[] Of(int kind) =>
                            [
                                .. Enumerable
                                    .Range(clip * entries, entries)
                                    .Where(i => kinds[i] == kind)
                                    .Select(i => Math.Exp(similarities[i] / SpeedContrast.Temperature)),
                            ];
                        if (Of(1) is { Length: > 0 } same && Of(2) is { Length: > 0 } other)
                        {
                            expected -= Math.Log(same.Average() / (same.Average() + other.Average()));
                            counted++;
                        }
                    }

                    var loss = SpeedContrast.Forward(
                        tensor(similarities, [clips, entries]),
                        tensor(kinds.Select(kind => kind == 1).ToArray(), [clips, entries]),
                        tensor(kinds.Select(kind => kind == 2).ToArray(), [clips, entries])
                    );
                    Assert.Equal(counted == 0 ? 0 : expected / counted, loss.ToDouble(), 1e-4);
                },
                iter: 100,
                threads: 1
            );

    [Fact]
    public void Speed_contrast_of_equal_similarities_is_the_logarithm_of_two()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(
            Math.Log(2),
            SpeedContrast
                .Forward(ones(1, 3), tensor(new[] { true, false, false }, [1, 3]), tensor(new[] { false, true, true }, [1, 3]))
                .ToDouble(),
            1e-6
        );
    }

    private static float[][] Unit(ulong seed, int step, int rows, int width)
    {
        var random = new RandomStream(seed, "unit", step);
        return
        [
            .. Enumerable
                .Range(0, rows)
                .Select(_ =>
                {
                    var vector = new float[width];
                    random.FillGaussian(vector);
                    var length = MathF.Sqrt(vector.Sum(x => x * x));
                    return vector.Select(x => x / length).ToArray();
                }),
        ];
    }

    private static Tensor ToTensor(float[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}
