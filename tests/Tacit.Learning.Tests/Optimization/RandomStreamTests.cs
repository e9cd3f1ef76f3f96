using CsCheck;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Optimization;

public sealed class RandomStreamTests
{
    private static readonly ulong[] Golden = [0x505B739B118D7C4F, 0xEC704034FD8C9EB2, 0x1EEB20D1C025E67E, 0xDF8064234802A07C];

    [Fact]
    public void Numbers_are_the_same_on_every_platform()
    {
        var stream = new RandomStream(42, "golden", 3, 7);

        Assert.Equal(Golden, Enumerable.Range(0, Golden.Length).Select(_ => stream.NextUInt64()));
    }

    [Fact]
    public void Gaussian_numbers_are_the_same_on_every_platform()
    {
        var values = new float[4];
        new RandomStream(42, "golden", 3, 7).FillGaussian(values);

        Assert.Equal([-0.224101558f, 0.510071814f, -0.573878527f, 0.884058475f], values);
    }

    [Fact]
    public void Equal_arguments_give_equal_streams() =>
        Gen.Select(Gen.ULong, Gen.String, Gen.Long, Gen.Long)
            .Sample(
                (seed, name, step, item) =>
                    new RandomStream(seed, name, step, item).NextUInt64() == new RandomStream(seed, name, step, item).NextUInt64(),
                iter: 100
            );

    [Fact]
    public void Every_argument_changes_the_stream()
    {
        var firsts = new HashSet<ulong>();
        foreach (var name in new[] { "a", "b", "" })
        {
            for (var number = 0; number < 1000; number++)
            {
                Assert.True(firsts.Add(new RandomStream((ulong)number + 1, name).NextUInt64()));
                Assert.True(firsts.Add(new RandomStream(0, name, step: number + 1).NextUInt64()));
                Assert.True(firsts.Add(new RandomStream(0, name, item: number + 1).NextUInt64()));
            }
        }
    }

    [Fact]
    public void Singles_are_evenly_spread()
    {
        var counts = new int[16];
        var stream = new RandomStream(1, "spread");
        for (var i = 0; i < 160_000; i++)
        {
            counts[(int)(stream.NextSingle() * 16)]++;
        }

        Assert.True(ChiSquare(counts) < 50, $"chi square {ChiSquare(counts)}"); // 15 degrees of freedom: 50 is past 1 - 1e-5
    }

    // Augmentations use consecutive items. Their first numbers must be as random as those of a single stream.
    [Fact]
    public void First_numbers_of_consecutive_items_are_evenly_spread()
    {
        var counts = new int[16];
        for (var i = 0; i < 160_000; i++)
        {
            counts[(int)(new RandomStream(1, "spread", 5, i).NextSingle() * 16)]++;
        }

        Assert.True(ChiSquare(counts) < 50, $"chi square {ChiSquare(counts)}");
    }

    [Fact]
    public void Integers_are_evenly_spread()
    {
        var counts = new int[7];
        var stream = new RandomStream(2, "integers");
        for (var i = 0; i < 70_000; i++)
        {
            counts[stream.NextInt32(7)]++;
        }

        Assert.True(ChiSquare(counts) < 35, $"chi square {ChiSquare(counts)}");
    }

    [Fact]
    public void Gaussian_numbers_have_the_moments_of_the_normal_distribution()
    {
        const int count = 200_000;
        var values = new float[count];
        new RandomStream(3, "normal").FillGaussian(values);

        // Five standard errors each.
        var error = 5 / Math.Sqrt(count);
        Assert.InRange(values.Average(value => (double)value), -error, error);
        Assert.InRange(values.Average(value => Math.Pow(value, 2)), 1 - error * Math.Sqrt(2), 1 + error * Math.Sqrt(2));
        Assert.InRange(values.Average(value => Math.Pow(value, 3)), -error * Math.Sqrt(15), error * Math.Sqrt(15));
        Assert.InRange(values.Average(value => Math.Pow(value, 4)), 3 - error * Math.Sqrt(96), 3 + error * Math.Sqrt(96));
    }

    [Fact]
    public void Logarithm_agrees_with_the_librarys() =>
        Gen.Double[1e-300, 0.9999999]
            .Sample(x => Math.Abs(RandomStream.Log(x) - Math.Log(x)) <= 4e-16 * Math.Max(1, Math.Abs(Math.Log(x))), iter: 1000);

    [Fact]
    public void Logarithm_agrees_with_the_librarys_for_small_numbers() =>
        Gen.Double[-690, -1e-9]
            .Sample(
                exponent => Math.Abs(RandomStream.Log(Math.Exp(exponent)) - Math.Log(Math.Exp(exponent))) <= 4e-16 * Math.Max(1, -exponent),
                iter: 1000
            );

    [Fact]
    public void Shuffle_keeps_the_values() =>
        Gen.Select(Gen.Int.Array[0, 50], Gen.ULong)
            .Sample(
                (values, seed) =>
                {
                    var shuffled = values.ToArray();
                    new RandomStream(seed, "shuffle").Shuffle<int>(shuffled);
                    return shuffled.Order().SequenceEqual(values.Order());
                },
                iter: 100
            );

    [Fact]
    public void Every_order_is_as_likely()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < 24_000; i++)
        {
            var order = string.Join("", new RandomStream(4, "order", i).Permutation(4));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.True(ChiSquare([.. counts.Values]) < 65, $"chi square {ChiSquare([.. counts.Values])}");
    }

    [Fact]
    public void Uniform_numbers_lie_between_the_bounds()
    {
        var values = new float[1000];
        new RandomStream(5, "uniform").FillUniform(values, -2, 3);

        Assert.All(values, value => Assert.InRange(value, -2, 3));
        Assert.InRange(values.Average(), 0.2f, 0.8f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Refuses_a_bound_that_is_not_positive(int exclusive) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(0, "x").NextInt32(exclusive));

    private static double ChiSquare(int[] counts)
    {
        var expected = counts.Average();
        return counts.Sum(count => Math.Pow(count - expected, 2) / expected);
    }
}
