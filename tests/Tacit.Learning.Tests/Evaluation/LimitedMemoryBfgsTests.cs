using Tacit.Learning.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class LimitedMemoryBfgsTests
{
    // Σ scale_i (x_i - i)² / 2, with scales from 1 to 10⁴.
    [Fact]
    public void Finds_the_bottom_of_an_ill_conditioned_bowl()
    {
        var minimum = new LimitedMemoryBfgs(1e-8, 1000).Run(Bowl, new double[20], CancellationToken.None);

        Assert.True(minimum.Converged);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (double)i), minimum.Point, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(0, minimum.Value, 1e-9);
    }

    [Fact]
    public void Says_when_it_gave_up()
    {
        var minimum = new LimitedMemoryBfgs(1e-8, 3).Run(Bowl, new double[20], CancellationToken.None);

        Assert.Equal((false, 3), (minimum.Converged, minimum.Iterations));
    }

    [Fact]
    public void Starts_where_it_is_told()
    {
        var minimum = new LimitedMemoryBfgs(1e-8, 100).Run(
            Bowl,
            [.. Enumerable.Range(0, 20).Select(i => (double)i)],
            CancellationToken.None
        );

        Assert.Equal((true, 0), (minimum.Converged, minimum.Iterations));
    }

    [Fact]
    public void Can_be_cancelled() =>
        Assert.Throws<OperationCanceledException>(() =>
            new LimitedMemoryBfgs(1e-8, 100).Run(Bowl, new double[20], new CancellationToken(canceled: true))
        );

    private static double Bowl(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var value = 0.0;
        for (var i = 0; i < point.Length; i++)
        {
            var scale = Math.Pow(10, 4.0 * i / (point.Length - 1));
            gradient[i] = scale * (point[i] - i);
            value += gradient[i] * (point[i] - i) / 2;
        }

        return value;
    }
}
