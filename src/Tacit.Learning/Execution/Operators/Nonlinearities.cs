using TorchSharp;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes functions that map each element, or each row, by a fixed curve. The shape stays.</summary>
internal static class Nonlinearities
{
    /// <summary>Relu: max(x, 0).</summary>
    public static Kernel Relu(NodeSource source) => x => [x[0].relu()];

    /// <summary>Sigmoid: 1 / (1 + exp(-x)).</summary>
    public static Kernel Sigmoid(NodeSource source) => x => [x[0].sigmoid()];

    /// <summary>Tanh: the hyperbolic tangent.</summary>
    public static Kernel Tanh(NodeSource source) => x => [x[0].tanh()];

    /// <summary>Erf: the Gauss error function, a part of GELU.</summary>
    public static Kernel Erf(NodeSource source) => x => [x[0].erf()];

    /// <summary>Exp: e^x.</summary>
    public static Kernel Exp(NodeSource source) => x => [x[0].exp()];

    /// <summary>Log: the natural logarithm.</summary>
    public static Kernel Log(NodeSource source) => x => [x[0].log()];

    /// <summary>Sqrt: the square root.</summary>
    public static Kernel Sqrt(NodeSource source) => x => [x[0].sqrt()];

    /// <summary>Reciprocal: 1 / x.</summary>
    public static Kernel Reciprocal(NodeSource source) => x => [x[0].reciprocal()];

    /// <summary>Floor: the largest integer that is at most x.</summary>
    public static Kernel Floor(NodeSource source) => x => [x[0].floor()];

    /// <summary>Ceil: the smallest integer that is at least x.</summary>
    public static Kernel Ceil(NodeSource source) => x => [x[0].ceil()];

    /// <summary>Abs: the magnitude of x.</summary>
    public static Kernel Abs(NodeSource source) => x => [x[0].abs()];

    /// <summary>Neg: -x.</summary>
    public static Kernel Neg(NodeSource source) => x => [x[0].neg()];

    /// <summary>Not: the negation of a Boolean.</summary>
    public static Kernel Not(NodeSource source) => x => [x[0].logical_not()];

    /// <summary>Sign: the sign of x: -1, 0 or 1.</summary>
    public static Kernel Sign(NodeSource source) => x => [x[0].sign()];

    /// <summary>Round: the nearest integer. Halves are rounded to even numbers.</summary>
    public static Kernel Round(NodeSource source) => x => [x[0].round()];

    /// <summary>Sin: the sine.</summary>
    public static Kernel Sin(NodeSource source) => x => [x[0].sin()];

    /// <summary>Cos: the cosine.</summary>
    public static Kernel Cos(NodeSource source) => x => [x[0].cos()];

    /// <summary>Tan: the tangent.</summary>
    public static Kernel Tan(NodeSource source) => x => [x[0].tan()];

    /// <summary>Asin: the inverse sine.</summary>
    public static Kernel Asin(NodeSource source) => x => [x[0].asin()];

    /// <summary>Acos: the inverse cosine.</summary>
    public static Kernel Acos(NodeSource source) => x => [x[0].acos()];

    /// <summary>Atan: the inverse tangent.</summary>
    public static Kernel Atan(NodeSource source) => x => [x[0].atan()];

    /// <summary>Sinh: the hyperbolic sine.</summary>
    public static Kernel Sinh(NodeSource source) => x => [x[0].sinh()];

    /// <summary>Cosh: the hyperbolic cosine.</summary>
    public static Kernel Cosh(NodeSource source) => x => [x[0].cosh()];

    /// <summary>Asinh: the inverse hyperbolic sine.</summary>
    public static Kernel Asinh(NodeSource source) => x => [x[0].asinh()];

    /// <summary>Acosh: the inverse hyperbolic cosine.</summary>
    public static Kernel Acosh(NodeSource source) => x => [x[0].acosh()];

    /// <summary>Atanh: the inverse hyperbolic tangent.</summary>
    public static Kernel Atanh(NodeSource source) => x => [x[0].atanh()];

    /// <summary>IsNaN: whether x is not a number. The result is Boolean.</summary>
    public static Kernel IsNaN(NodeSource source) => x => [x[0].isnan()];

    /// <summary>IsInf: whether x is infinite. The result is Boolean.</summary>
    /// <remarks>Without <c>detect_negative</c> or <c>detect_positive</c> (both 1 by default), infinity of that sign does not count.</remarks>
    public static Kernel IsInf(NodeSource source) =>
        (source.Attributes.Int("detect_negative", 1) != 0, source.Attributes.Int("detect_positive", 1) != 0) switch
        {
            (true, true) => x => [x[0].isinf()],
            (true, false) => x => [x[0].isneginf()],
            (false, true) => x => [x[0].isposinf()],
            _ => x => [torch.zeros_like(x[0], torch.ScalarType.Bool)],
        };

    /// <summary>Softsign: x / (1 + |x|).</summary>
    public static Kernel Softsign(NodeSource source) =>
        x =>
        {
            using var magnitude = x[0].abs();
            using var divisor = magnitude + 1;
            return [x[0] / divisor];
        };

    /// <summary>Celu: x if x ≥ 0, <c>alpha</c> (e^(x / alpha) - 1) otherwise. Default alpha 1.</summary>
    public static Kernel Celu(NodeSource source)
    {
        var alpha = source.Attributes.Float("alpha", 1);
        return x => [functional.celu(x[0], alpha)];
    }

    /// <summary>ThresholdedRelu: x if x &gt; <c>alpha</c>, 0 otherwise. Default alpha 1.</summary>
    public static Kernel ThresholdedRelu(NodeSource source)
    {
        var alpha = source.Attributes.Float("alpha", 1);
        return x => [functional.threshold(x[0], alpha, 0)];
    }

    /// <summary>Shrink: 0 if |x| ≤ <c>lambd</c> (default 0.5), else x moved towards 0 by <c>bias</c> (default 0).</summary>
    public static Kernel Shrink(NodeSource source)
    {
        var (limit, bias) = (source.Attributes.Float("lambd", 0.5f), source.Attributes.Float("bias"));
        return x =>
        {
            using var scope = torch.NewDisposeScope();
            var zeros = torch.zeros_like(x[0]);
            var above = torch.where(x[0].gt(limit), (x[0] - bias).to(x[0].dtype), zeros);
            return [torch.where(x[0].lt(-limit), (x[0] + bias).to(x[0].dtype), above).MoveToOuterDisposeScope()];
        };
    }

    /// <summary>Softplus: ln(1 + e^x). Above 20, x itself, which is equal in Float32.</summary>
    public static Kernel Softplus(NodeSource source) => x => [functional.softplus(x[0], beta: 1, threshold: 20)];

    /// <summary>Elu: x if x ≥ 0, <c>alpha</c> (e^x - 1) otherwise. Default alpha 1.</summary>
    public static Kernel Elu(NodeSource source)
    {
        var alpha = source.Attributes.Float("alpha", 1);
        return x => [functional.elu(x[0], alpha)];
    }

    /// <summary>Selu: <c>gamma</c> · Elu(x) with <c>alpha</c>. Default gamma 1.0507 and alpha 1.6733 (Klambauer et al., 2017).</summary>
    public static Kernel Selu(NodeSource source)
    {
        // The defaults of ONNX, from Klambauer et al. 2017, "Self-Normalizing Neural Networks".
        var alpha = source.Attributes.Float("alpha", 1.67326319217681884765625f);
        var gamma = source.Attributes.Float("gamma", 1.05070102214813232421875f);
        return x =>
        {
            using var curve = functional.elu(x[0], alpha);
            return [curve * gamma];
        };
    }

    /// <summary>
    /// PRelu: x if x ≥ 0, slope · x otherwise. The slope is input 1 and broadcasts, for example (C, 1, 1), unlike in libtorch's prelu.
    /// </summary>
    public static Kernel ParametricRelu(NodeSource source) =>
        x =>
        {
            using var scaled = x[0] * x[1];
            using var positive = x[0].ge(0);
            return [torch.where(positive, x[0], scaled)];
        };

    /// <summary>LeakyRelu: x if x ≥ 0, <c>alpha</c> · x otherwise. Default alpha 0.01.</summary>
    public static Kernel LeakyRelu(NodeSource source)
    {
        var slope = source.Attributes.Float("alpha", 0.01f);
        return x => [functional.leaky_relu(x[0], slope)];
    }

    /// <summary>HardSigmoid: clamp(<c>alpha</c> · x + <c>beta</c>, 0, 1). Default alpha 0.2 and beta 0.5.</summary>
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

    /// <summary>Softmax along <c>axis</c>, default the last one, as since opset 13.</summary>
    public static Kernel Softmax(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        return x => [functional.softmax(x[0], axis)];
    }

    /// <summary>LogSoftmax along <c>axis</c>, default the last one, as since opset 13.</summary>
    public static Kernel LogSoftmax(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        return x => [functional.log_softmax(x[0], axis)];
    }
}
