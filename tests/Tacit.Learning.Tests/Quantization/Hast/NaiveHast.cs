using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Optimization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization.Hast;

/// <summary>
/// The fine-tuning of HAST on one small network, implemented from its equations in 64 bits without classes of the product.
/// </summary>
/// <remarks>
/// The network is a residual block of two convolutions and a linear layer, with 3 bits for weights and activations. Samples are
/// symmetric pictures, and a batch contains all of them, so neither mirroring nor order changes a step.
/// </remarks>
internal sealed class NaiveHast
{
    public const int Samples = 6;

    private const int Bits = 3;
    private const int DeploymentBits = 8;
    private const double Momentum = 0.9;

    // The ends of the range of every quantised activation. Some activations exceed them. They are odd, so that no sum of steps
    // is halfway between two others.
    private static readonly ImmutableSortedDictionary<string, (double Low, double High)> Ranges = new Dictionary<string, (double, double)>
    {
        ["x"] = (-2.0171, 2.2539),
        ["stem"] = (0, 2.2471),
        ["body"] = (-2.5134, 1.9713),
        ["last"] = (0, 3.0517),
        ["pooled"] = (0, 1.6239),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private readonly FineTuningOptions _options;
    private readonly Dictionary<string, Tensor> _teacher;
    private readonly Dictionary<string, Tensor> _student;
    private readonly Dictionary<string, (Tensor First, Tensor Second)> _moments = [];

    public NaiveHast(FineTuningOptions options)
    {
        _options = options;
        _teacher = Teacher.Weights.ToDictionary(weight => weight.Key, weight => Double(weight.Value));
        _student = Trained.ToDictionary(name => name, name => _teacher[name].clone().requires_grad_());
    }

    /// <summary>The float network.</summary>
    public static Model Teacher { get; } = Build();

    /// <summary>The same network with quantisers, whose ranges are set.</summary>
    public static Model Student { get; } = Quantized();

    /// <summary>The samples, (N, 2, 4, 4).</summary>
    public static TensorData Pictures { get; } = Symmetric();

    /// <summary>The weights that are trained.</summary>
    public static IEnumerable<string> Trained =>
        Teacher
            .Graph.Initializers.Values.Where(initializer => initializer.Role == WeightRole.Parameter)
            .Select(initializer => initializer.Name);

    /// <summary>The current weights of the quantised network.</summary>
    public double[] this[string name] => _student[name].data<double>().ToArray();

    /// <summary>Does one step. Returns the losses and the norm of the gradient before clipping.</summary>
    public (double Loss, double Distillation, double Features, double Gradient) Step(int step)
    {
        using var scope = NewDisposeScope();
        string[] names = [.. _student.Keys];
        var x = Double(Pictures).requires_grad_();
        var (distillation, features) = Losses(x);
        var total = distillation + features;
        if (_options.Perturbation > 0)
        {
            var direction = autograd.grad([total], [x], retain_graph: true)[0].sign();
            var (harder, harderFeatures) = Losses((x + _options.Perturbation * direction).detach());
            total = total + harder + harderFeatures;
        }

        var gradients = autograd.grad([total], [.. names.Select(name => _student[name])]);
        var norm = Math.Sqrt(gradients.Sum(gradient => gradient.square().sum().ToDouble()));
        var scale = _options.GradientNorm is { } most ? Math.Min(1, most / norm) : 1;
        foreach (var (name, gradient) in names.Zip(gradients))
        {
            Update(name, gradient * scale, step);
        }

        return (total.ToDouble(), distillation.ToDouble(), features.ToDouble(), norm);
    }

    // L_KD and L_FA of a batch.
    private (Tensor Distillation, Tensor Features) Losses(Tensor x)
    {
        var (teacher, teacherBody) = Forward(_teacher, x, quantized: false);
        var (student, studentBody) = Forward(_student, x, quantized: true);
        var (p, q) = (softmax(teacher / _options.Temperature, 1), softmax(student / _options.Temperature, 1));
        var divergence = (p * (p / q).log()).sum() / Samples;
        var difference = Attention(studentBody) - Attention(teacherBody);
        return (
            _options.DistillationWeight * _options.Temperature * _options.Temperature * divergence,
            _options.FeatureWeight * difference.square().mean()
        );
    }

    // F: (N, C, H, W) -> (N, C): the mean of the squares over space, divided by its length over channels
    private static Tensor Attention(Tensor features)
    {
        var energy = (features * features).mean([2L, 3L]);
        return energy / energy.square().sum(1, keepdim: true).sqrt();
    }

    private (Tensor Logits, Tensor Body) Forward(Dictionary<string, Tensor> weights, Tensor x, bool quantized)
    {
        var stem = Activation("stem", Normalized("stem", Activation("x", x, DeploymentBits)).relu(), Bits);
        var body = Normalized("body", stem);
        var last = Activation("last", (Activation("body", body, DeploymentBits) + stem).relu(), Bits);
        var pooled = Activation("pooled", last.mean([2L, 3L]), DeploymentBits);
        return (pooled.matmul(Weight("fc.weight").t()) + weights["fc.bias"], body);

        Tensor Normalized(string name, Tensor input)
        {
            var convolved = nn.functional.conv2d(input, Weight(name + ".weight"), padding: [1L, 1L]);
            var (mean, variance) = (Channels(_teacher[name + ".mean"]), Channels(_teacher[name + ".variance"]));
            return (convolved - mean) / (variance + 1e-5).sqrt() * Channels(weights[name + ".gamma"]) + Channels(weights[name + ".beta"]);
        }

        Tensor Activation(string name, Tensor value, int bits) =>
            quantized ? Rounded(value, Ranges[name].Low, Ranges[name].High, bits) : value;

        // Each row has its own range.
        Tensor Weight(string name) =>
            quantized
                ? stack(weights[name].unbind(0).Select(row => Rounded(row, row.min().ToDouble(), row.max().ToDouble(), Bits)))
                : weights[name];

        static Tensor Channels(Tensor values) => values.reshape(1, -1, 1, 1);
    }

    // The nearest of 2^bits numbers, with a gradient as if nothing were rounded.
    private static Tensor Rounded(Tensor x, double low, double high, int bits)
    {
        (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        var levels = Math.Pow(2, bits) - 1;
        var step = (high - low) / levels;
        var lowest = Math.Round(low / step);
        var rounded = (x / step).round().clamp(lowest, lowest + levels) * step;
        return x + (rounded - x).detach();
    }

    private void Update(string name, Tensor gradient, int step)
    {
        using var noGradient = no_grad();
        var (weight, rate) = (_student[name], Rate(step));
        if (!_moments.TryGetValue(name, out var moments))
        {
            moments = (zeros_like(weight), zeros_like(weight));
        }

        Tensor change;
        if (_options.AdamW)
        {
            change = weight * (rate * _options.WeightDecay);
            moments = (0.9 * moments.First + 0.1 * gradient, 0.999 * moments.Second + 0.001 * gradient.square());
            var (first, second) = (moments.First / (1 - Math.Pow(0.9, step + 1)), moments.Second / (1 - Math.Pow(0.999, step + 1)));
            change = change + rate * first / (second.sqrt() + 1e-8);
        }
        else
        {
            var decayed = gradient + _options.WeightDecay * weight;
            moments = (Momentum * moments.First + decayed, zeros_like(weight));
            change = rate * (decayed + Momentum * moments.First);
        }

        _moments[name] = (moments.First.MoveToOuterDisposeScope(), moments.Second.MoveToOuterDisposeScope());
        _student[name] = (weight - change).requires_grad_().MoveToOuterDisposeScope();
    }

    private double Rate(int step)
    {
        if (_options.Schedule == FineTuningSchedule.Steps)
        {
            // The authors train in epochs 4 to 150 and lower the rate at epochs 20, 40 and 60.
            var tenths = new[] { 20, 40, 60 }.Count(epoch => step >= _options.Steps * (epoch - 4) / 147);
            return _options.LearningRate * Math.Pow(0.1, tenths);
        }

        var (warmUp, rest) = (_options.WarmUp, _options.Steps - _options.WarmUp);
        return _options.LearningRate * (step < warmUp ? (step + 1.0) / warmUp : (1 + Math.Cos(Math.PI * (step - warmUp) / rest)) / 2);
    }

    private static Tensor Double(TensorData data) =>
        tensor([.. data.As<float>().ToArray().Select(number => (double)number)], data.Sizes.AsSpan());

    private static Model Build()
    {
        var builder = new GraphBuilder("residual");
        var stem = builder.Add("Relu", [Normalized("stem", "stem.norm", builder.Input("x", new("N", 2, 4, 4)), 2)], name: "stem");
        var sum = builder.Add("Add", [Normalized("body", "body", stem, 3), stem], name: "sum");
        var pooled = builder.Add("GlobalAveragePool", [builder.Add("Relu", [sum], name: "last")], name: "pooled");
        var flat = builder.Add("Flatten", [pooled], name: "flat");
        var logits = builder.Add(
            "Gemm",
            [flat, Parameter("fc.weight", 2, 0, 4, 3), Parameter("fc.bias", 0.3f, 0, 4)],
            Attributes.None.With("transB", 1L),
            "logits"
        );
        builder.Output(logits, new("N", 4));
        return builder.Build();

        string Normalized(string name, string result, string input, int channels)
        {
            var convolved = builder.Add(
                "Conv",
                [input, Parameter(name + ".weight", 0.4f, 0, 3, channels, 3, 3)],
                Attributes.None.With("pads", [1, 1, 1, 1]),
                name + ".conv"
            );
            return builder.Add(
                "BatchNormalization",
                [
                    convolved,
                    Parameter(name + ".gamma", 0.2f, 1, 3),
                    Parameter(name + ".beta", 0.3f, 0.2f, 3),
                    builder.Initializer(name + ".mean", TensorData.Of<float>([0.1f, -0.2f, 0.3f]), WeightRole.Statistic),
                    builder.Initializer(name + ".variance", TensorData.Of<float>([0.8f, 1.5f, 1.1f]), WeightRole.Statistic),
                ],
                name: result
            );
        }

        string Parameter(string name, float deviation, float mean, params long[] sizes)
        {
            var numbers = new float[sizes.Aggregate(1L, (product, size) => product * size)];
            new RandomStream(3, name).FillGaussian(numbers);
            return builder.Initializer(name, TensorData.Of<float>([.. numbers.Select(number => mean + deviation * number)], sizes));
        }
    }

    private static Model Quantized()
    {
        var student = new FakeQuantizationInsertion(new BitWidths { Weights = Bits, Activations = Bits }).Apply(Teacher);
        return new Model(
            student.Graph,
            student.Weights.With(
                Ranges.SelectMany(range =>
                    new[]
                    {
                        KeyValuePair.Create(FakeQuantizationInsertion.LowOf(range.Key), TensorData.Scalar((float)range.Value.Low)),
                        KeyValuePair.Create(FakeQuantizationInsertion.HighOf(range.Key), TensorData.Scalar((float)range.Value.High)),
                    }
                )
            )
        );
    }

    private static TensorData Symmetric()
    {
        var numbers = new float[Samples * 2 * 4 * 4];
        new RandomStream(4, "pictures").FillGaussian(numbers);
        foreach (var row in numbers.Chunk(4).Select((_, row) => 4 * row))
        {
            (numbers[row + 2], numbers[row + 3]) = (numbers[row + 1], numbers[row]);
        }

        return TensorData.Of<float>(numbers, Samples, 2, 4, 4);
    }
}
