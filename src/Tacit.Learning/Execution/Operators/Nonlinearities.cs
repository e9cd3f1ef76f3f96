using TorchSharp;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Operators that map each element, or each row, by a fixed curve.</summary>
internal static class Nonlinearities
{
    public static Kernel Relu(NodeSource source) => x => [x[0].relu()];

    public static Kernel Sigmoid(NodeSource source) => x => [x[0].sigmoid()];

    public static Kernel Tanh(NodeSource source) => x => [x[0].tanh()];

    public static Kernel HardSwish(NodeSource source) => x => [functional.hardswish(x[0])];

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
}
