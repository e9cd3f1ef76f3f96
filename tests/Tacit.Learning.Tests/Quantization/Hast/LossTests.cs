using Tacit.Learning.Quantization.Hast;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization.Hast;

[NoTensorLeaks]
public sealed class LossTests
{
    [Theory]
    [InlineData(0.9, 2, 0.00105)]
    [InlineData(0.5, 2, 0.17329)]
    [InlineData(0.5, 0, 0.69315)]
    public void Hardness_is_cross_entropy_weighted_by_difficulty(double probability, double gamma, double expected)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { (float)Math.Log(probability), (float)Math.Log(1 - probability) }).reshape(1, 2);

        Assert.Equal(expected, new HardSampleLoss(gamma).Forward(logits, tensor(new[] { 0L })).ToDouble(), 1e-4);
    }

    [Fact]
    public void Hardness_has_a_finite_gradient_where_a_sample_is_certain()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 200f, 0f }).reshape(1, 2).requires_grad_();
        new HardSampleLoss(0.5).Forward(logits, tensor(new[] { 0L })).backward();

        Assert.All(logits.grad!.data<float>().ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Statistics_loss_is_the_mean_over_layers_of_squared_differences()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (randn(6, 4, 5, 5), randn([6, 3, 2, 2, 2]));

        var actual = BatchNormStatisticsLoss.Forward([(first, zeros(4), ones(4)), (second, zeros(3), ones(3))]).ToDouble();

        var expected = (Naive(first) + Naive(second)) / 2;
        Assert.Equal(expected, actual, 1e-4 * expected);
    }

    [Fact]
    public void Distillation_of_equal_logits_is_nothing_and_of_others_the_divergence()
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(new[] { 1f, 2f, 3f }).reshape(1, 3);
        var student = tensor(new[] { 3f, 2f, 1f }).reshape(1, 3);
        var loss = new Distillation(temperature: 2, weight: 5);
        var (p, q) = (Softmax([0.5, 1, 1.5]), Softmax([1.5, 1, 0.5]));
        var expected = 5 * 4 * p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();

        Assert.Equal(0, loss.Forward(teacher, teacher).ToDouble(), 1e-6);
        Assert.Equal(expected, loss.Forward(student, teacher).ToDouble(), 1e-4);
    }

    [Fact]
    public void Feature_alignment_compares_the_channel_attention_of_every_point()
    {
        using var scope = NewDisposeScope();
        (Tensor, Tensor)[] features = [(randn(2, 4, 6, 6), randn(2, 4, 6, 6)), (randn(2, 8, 3, 3), randn(2, 8, 3, 3))];
        var alignment = new FeatureAlignment(weight: 7);

        var expected = 7 * features.Sum(point => Difference(point.Item1, point.Item2));
        Assert.Equal(expected, alignment.Forward(features).ToDouble(), 1e-4 * expected);
        Assert.Equal(0, alignment.Forward(features.Select(point => (point.Item1, point.Item1))).ToDouble());
    }

    [Fact]
    public void Without_points_no_features_are_aligned()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0, new FeatureAlignment(weight: 7).Forward([]).ToDouble());
    }

    private static double Naive(Tensor value)
    {
        var (channels, loss) = ((int)value.shape[1], 0.0);
        for (var channel = 0; channel < channels; channel++)
        {
            var numbers = value.select(1, channel).flatten().data<float>().ToArray();
            var mean = numbers.Average(number => (double)number);
            var variance = numbers.Average(number => (number - mean) * (number - mean));
            loss += (mean * mean + (variance - 1) * (variance - 1)) / channels;
        }

        return loss;
    }

    private static double Difference(Tensor a, Tensor b)
    {
        var sum = 0.0;
        for (var sample = 0; sample < a.shape[0]; sample++)
        {
            sum += Attention(a, sample).Zip(Attention(b, sample), (x, y) => (x - y) * (x - y)).Average();
        }

        return sum / a.shape[0];
    }

    private static double[] Attention(Tensor features, int sample)
    {
        var energy = new double[features.shape[1]];
        for (var channel = 0; channel < energy.Length; channel++)
        {
            energy[channel] = features[sample, channel].flatten().data<float>().ToArray().Average(number => (double)number * number);
        }

        var length = Math.Sqrt(energy.Sum(number => number * number));
        return [.. energy.Select(number => number / length)];
    }

    private static double[] Softmax(double[] logits)
    {
        var sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
