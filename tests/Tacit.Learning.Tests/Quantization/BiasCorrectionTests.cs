using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

[NoTensorLeaks]
public sealed class BiasCorrectionTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(2, true)]
    public void The_mean_of_each_result_is_that_of_the_float_network(int groups, bool hasNorm)
    {
        var teacher = Layer(groups, hasNorm);
        var samples = NoiseImages.Of(16, [4, 8, 8], seed: 3);
        var student = new FakeQuantizationInsertion(new BitWidths { Weights = 4 }).Apply(teacher);
        var observed = new ActivationObserver(teacher, student, samples, CPU, default).Apply(RangeEstimator.MinMax);

        var corrected = Corrected(teacher, observed, samples);

        var (expected, before, after) = (Means(teacher, samples), Means(observed, samples), Means(corrected, samples));
        Assert.InRange(Distance(expected, after), 0, 0.05 * Distance(expected, before));
    }

    [Fact]
    public void A_layer_without_a_bias_stays()
    {
        var builder = new GraphBuilder("bare");
        var x = builder.Input("x", new("N", 4, 8, 8));
        builder.Output(builder.Add("Conv", [x, builder.Initializer("w", NoiseImages.Of(4, [4, 1, 1], 1))], name: "y"), new("N", 4, 8, 8));
        var teacher = builder.Build();
        var samples = NoiseImages.Of(4, [4, 8, 8], seed: 3);
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(teacher);

        var corrected = Corrected(teacher, student, samples);

        Assert.All(student.Weights, weight => Assert.Same(weight.Value, corrected.Weights[weight.Key]));
    }

    [Fact]
    public void A_shift_that_is_also_the_mean_of_its_batch_norm_stays()
    {
        var model = Layer(groups: 1, hasNorm: true);
        var nodes = model.Graph.Nodes.Select(node =>
            node.Operator == "BatchNormalization" ? node with { Inputs = [.. node.Inputs.Take(3), "beta", node.Inputs[4]] } : node
        );
        var teacher = new Model(
            new Graph("shared", model.Graph.Inputs, model.Graph.Initializers.Values, nodes, model.Graph.Outputs),
            model.Weights
        );
        var samples = NoiseImages.Of(4, [4, 8, 8], seed: 3);
        var student = new FakeQuantizationInsertion(new BitWidths { Weights = 4 }).Apply(teacher);

        var corrected = Corrected(teacher, student, samples);

        Assert.Same(student.Weights["beta"], corrected.Weights["beta"]);
    }

    private static Model Corrected(Model teacher, Model student, TensorData samples) =>
        BiasCorrection.Apply(
            teacher,
            student,
            ChannelObserver.Observe(teacher, BiasCorrection.Values(teacher, student), samples, CPU, default)
        );

    private static Model Layer(int groups, bool hasNorm)
    {
        var builder = new GraphBuilder("layer");
        var x = builder.Input("x", new("N", 4, 8, 8));

        // Inputs with a mean, as behind a rectifier.
        var positive = builder.Add("Abs", [x], name: "positive");
        var weight = builder.Initializer("w", NoiseImages.Of(4, [4 / groups, 3, 3], seed: 5));
        var bias = builder.Initializer("b", TensorData.Of<float>([0.1f, -0.2f, 0.3f, 0], 4));
        var y = builder.Add("Conv", [positive, weight, bias], Attributes.None.With("group", groups), "y");
        if (hasNorm)
        {
            string Vector(string name, WeightRole role, params float[] values) =>
                builder.Initializer(name, TensorData.Of<float>(values, 4), role);
            y = builder.Add(
                "BatchNormalization",
                [
                    y,
                    Vector("gamma", WeightRole.Parameter, 1, -2, 3, 0.5f),
                    Vector("beta", WeightRole.Parameter, 0, 1, 2, 3),
                    Vector("mean", WeightRole.Statistic, 0.1f, 0.2f, 0.3f, 0.4f),
                    Vector("variance", WeightRole.Statistic, 1, 2, 0.5f, 1),
                ],
                name: "normed"
            );
        }

        builder.Output(y, new("N", 4, 6, 6));
        return builder.Build();
    }

    private static float[] Means(Model model, TensorData samples)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        return [.. new GraphModule(model).Run(weights, samples.ToTensor()).Output.mean([0L, 2, 3]).ToData().As<float>()];
    }

    private static double Distance(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs((double)a - b)).Sum();
}
