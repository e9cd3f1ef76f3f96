using Tacit.Conformance;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Optimization;
using Tacit.Learning.Quantization;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

[NoTensorLeaks]
public sealed class ActivationObserverTests
{
    private const int Width = 16;

    [Fact]
    public void The_extremes_are_those_of_all_samples_and_zero() =>
        Draw.Cases(
            draw =>
            {
                var (low, width) = (draw.Float(-3, 3), draw.Float(0.1f, 4));
                var samples = draw.Floats(low, low + width, [300, Width]);
                var numbers = samples.As<float>().ToArray();

                Assert.Equal((Math.Min(numbers.Min(), 0), Math.Max(numbers.Max(), 0)), Observe(samples, 4, RangeEstimator.MinMax));
            },
            count: 5
        );

    // The factor among 1.00, 0.99, … 0.20 with the smallest naive error. Two factors with nearly equal errors can differ in 32 bits.
    [Fact]
    public void The_squared_error_is_the_least_of_all_factors() =>
        Draw.Cases(draw =>
        {
            var bits = draw.Int(2, 8);
            var samples = Heavy(draw);
            var numbers = samples.As<float>().ToArray();
            var (lowest, highest) = (Math.Min(numbers.Min(), 0), Math.Max(numbers.Max(), 0));
            var errors = Enumerable
                .Range(20, 81)
                .ToDictionary(percent => percent, percent => Error(numbers, lowest * percent / 100.0, highest * percent / 100.0, bits));

            var (low, high) = Observe(samples, bits, RangeEstimator.MeanSquaredError);

            var chosen = (int)Math.Round(100.0 * high / highest);
            Assert.Equal(highest * chosen / 100.0, high, 1e-5);
            Assert.Equal(lowest * chosen / 100.0, low, 1e-5);
            Assert.InRange(errors[chosen], 0, errors.Values.Min() * (1 + 1e-4));
        });

    [Fact]
    public void Few_bits_give_up_the_tails()
    {
        var samples = Heavy(new Draw(3));
        var (_, high) = Observe(samples, 8, RangeEstimator.MinMax);

        Assert.InRange(Observe(samples, 3, RangeEstimator.MeanSquaredError).High, 0.2f * high, 0.7f * high);
        Assert.InRange(Observe(samples, 8, RangeEstimator.MeanSquaredError).High, 0.7f * high, high);
    }

    [Fact]
    public void What_is_not_finite_is_refused_by_name()
    {
        var samples = TensorData.Of<float>([.. Enumerable.Repeat(float.PositiveInfinity, Width)], 1, Width);
        var failure = Assert.Throws<UnsuitableModelException>(() => Observe(samples, 8, RangeEstimator.MinMax));

        Assert.StartsWith("the activation x is not finite", failure.Message, StringComparison.Ordinal);
    }

    // The mean squared difference to the nearest of 2^bits numbers.
    private static double Error(float[] numbers, double low, double high, int bits)
    {
        var levels = Math.Pow(2, bits) - 1;
        var step = (high - low) / levels;
        var first = Math.Round(low / step);
        return numbers.Average(number => Math.Pow(Math.Clamp(Math.Round(number / step), first, first + levels) * step - number, 2));
    }

    // Cubes of normal numbers: most are small, a few are large.
    private static TensorData Heavy(Draw draw)
    {
        var numbers = new float[64 * Width];
        new RandomStream((ulong)draw.Int(0, 1000), "heavy").FillGaussian(numbers);
        return TensorData.Of<float>([.. numbers.Select(number => number * number * number + draw.Float(-0.1f, 0.5f))], 64, Width);
    }

    // A linear layer. Only its input and its weights are quantised.
    private static (float Low, float High) Observe(TensorData samples, int bits, RangeEstimator estimator)
    {
        var builder = new GraphBuilder("linear");
        var x = builder.Input("x", new("N", Width));
        var weight = builder.Initializer("weight", TensorData.Of<float>([.. Enumerable.Repeat(1f, Width)], Width, 1));
        builder.Output(builder.Add("MatMul", [x, weight], name: "y"), new("N", 1));
        var teacher = builder.Build();
        var student = new FakeQuantizationInsertion(new BitWidths { Named = [new("x", bits)] }).Apply(teacher);

        var observed = new ActivationObserver(teacher, student, samples, CPU, CancellationToken.None).Apply(estimator).Weights;

        return (
            observed[FakeQuantizationInsertion.LowOf("x")].As<float>()[0],
            observed[FakeQuantizationInsertion.HighOf("x")].As<float>()[0]
        );
    }
}
