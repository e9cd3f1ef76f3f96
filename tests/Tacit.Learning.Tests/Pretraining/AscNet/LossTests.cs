using System.Collections.Immutable;
using CsCheck;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining.AscNet;

[NoTensorLeaks]
public sealed class LossTests
{
    [Fact]
    public void Appearance_consistency_compares_each_prediction_with_the_other_clip() => Gen.Select(Gen.ULong, Gen.Int[1, 5], Gen.Int[2, 6]).Sample(
        (seed, videos, width) =>
        {
            using var scope = NewDisposeScope();
            var (predictions, targets) = (Unit(seed, 0, 2 * videos, width), Unit(seed, 1, 2 * videos, width));
            var expected = 0.0;
            for (var row = 0; row < 2 * videos; row++)
            {
                var other = (row + videos) % (2 * videos);
                expected += Enumerable.Range(0, width).Sum(i => Math.Pow(predictions[row][i] - targets[other][i], 2)) / (2 * videos);
            }

            Assert.Equal(expected, AppearanceConsistency.Forward(ToTensor(predictions), ToTensor(targets)).ToDouble(), 1e-5);
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Orthogonal_vectors_are_two_apart()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(2, AppearanceConsistency.Forward(tensor(new float[] { 1, 0, 1, 0 }, [2, 2]), tensor(new float[] { 0, 1, 0, 1 }, [2, 2])).ToDouble(), 1e-6);
    }

    [Fact]
    public void Speed_consistency_averages_over_what_was_found()
    {
        using var scope = NewDisposeScope();
        var predictions = tensor(new float[] { 1, 0, 0, 1 }, [2, 2]);
        var speeds = tensor(new float[] { 0, 1, 1, 0, /* second */ 0, 1, 9, 9 }, [2, 2, 2]);
        var found = tensor(new[] { true, true, true, false }, [2, 2]);
        var matches = new GalleryMatches(speeds, found, ImmutableArray<(int, Tacit.Learning.Pretraining.ClipIdentity)>.Empty);

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
    public void Speed_contrast_chooses_between_the_positive_and_the_other_clip_of_the_video() => Gen.Select(Gen.ULong, Gen.Int[1, 4], Gen.Int[1, 3]).Sample(
        (seed, videos, neighbours) =>
        {
            using var scope = NewDisposeScope();
            const int width = 5;
            var (m, targets, positives) = (Unit(seed, 0, 2 * videos, width), Unit(seed, 1, 2 * videos, width), Unit(seed, 2, 2 * videos * neighbours, width));
            var found = Enumerable.Range(0, positives.Length).Select(i => (seed >> (i % 60) & 1) == 0 || i == 0).ToArray();
            var expected = 0.0;
            for (var i = 0; i < positives.Length; i++)
            {
                var row = i / neighbours;
                var difference = Dot(m[row], targets[(row + videos) % (2 * videos)]) - Dot(m[row], positives[i]);
                expected += found[i] ? Math.Log(1 + Math.Exp(difference / SpeedContrast.Temperature)) / found.Count(one => one) : 0;
            }

            var matches = new GalleryMatches(ToTensor(positives).reshape(2 * videos, neighbours, width), tensor(found, [2 * videos, neighbours]), []);
            Assert.Equal(expected, SpeedContrast.Forward(ToTensor(m), ToTensor(targets), matches).ToDouble(), 1e-4);
        },
        iter: 50,
        threads: 1);

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();

    private static float[][] Unit(ulong seed, int step, int rows, int width)
    {
        var random = new RandomStream(seed, "unit", step);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var vector = new float[width];
            random.FillGaussian(vector);
            var length = MathF.Sqrt(vector.Sum(x => x * x));
            return vector.Select(x => x / length).ToArray();
        })];
    }

    private static Tensor ToTensor(float[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}
