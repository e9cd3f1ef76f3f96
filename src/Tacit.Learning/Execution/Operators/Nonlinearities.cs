using TorchSharp;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Operators that map each element, or each row, by a fixed curve.</summary>
internal static class Nonlinearities
{
    public static Kernel Relu(NodeSource source) => x => [x[0].relu()];

    public static Kernel Sigmoid(NodeSource source) => x => [x[0].sigmoid()];

    public static Kernel Tanh(NodeSource source) => x => [x[0].tanh()];

    public static Kernel Erf(NodeSource source) => x => [x[0].erf()];

    public static Kernel Exp(NodeSource source) => x => [x[0].exp()];

    public static Kernel Log(NodeSource source) => x => [x[0].log()];

    public static Kernel Sqrt(NodeSource source) => x => [x[0].sqrt()];

    public static Kernel Reciprocal(NodeSource source) => x => [x[0].reciprocal()];

    public static Kernel Floor(NodeSource source) => x => [x[0].floor()];

    public static Kernel Ceil(NodeSource source) => x => [x[0].ceil()];

    public static Kernel Abs(NodeSource source) => x => [x[0].abs()];

    public static Kernel Neg(NodeSource source) => x => [x[0].neg()];

    public static Kernel Not(NodeSource source) => x => [x[0].logical_not()];

    public static Kernel Softplus(NodeSource source) => x => [functional.softplus(x[0], beta: 1, threshold: 20)];

    public static Kernel Elu(NodeSource source)
    {
        var alpha = source.Attributes.Float("alpha", 1);
        return x => [functional.elu(x[0], alpha)];
    }

    public static Kernel Selu(NodeSource source)
    {
        // Klambauer et al., Self-Normalizing Neural Networks, 2017: the values of ONNX.
        var alpha = source.Attributes.Float("alpha", 1.67326319217681884765625f);
        var gamma = source.Attributes.Float("gamma", 1.05070102214813232421875f);
        return x =>
        {
            using var curve = functional.elu(x[0], alpha);
            return [curve * gamma];
        };
    }

    // The slopes broadcast, which those of the library's own operator do not.
    public static Kernel ParametricRelu(NodeSource source) =>
        x =>
        {
            using var scaled = x[0] * x[1];
            using var positive = x[0].ge(0);
            return [torch.where(positive, x[0], scaled)];
        };

    public static Kernel LeakyRelu(NodeSource source)
    {
        var slope = source.Attributes.Float("alpha", 0.01f);
        return x => [functional.leaky_relu(x[0], slope)];
    }

    public static Kernel HardSigmoid(NodeSource source)
    {
        var alpha = source.Attributes.Float("alpha", 0.2f);
        var beta = source.Attributes.Float("beta", 0.5f);
        return x =>
        {
            using var scaled = x[0] * alpha;
            using var line = scaled + beta;
            return [line.clamp(0, 1)];
        };
    }

    public static Kernel Softmax(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        return x => [functional.softmax(x[0], axis)];
    }

    public static Kernel LogSoftmax(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        return x => [functional.log_softmax(x[0], axis)];
    }
}
