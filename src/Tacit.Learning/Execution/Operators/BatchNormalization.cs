using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>BatchNormalization with inputs x, scale, bias, running mean and running variance.</summary>
internal static class BatchNormalization
{
    public static Kernel Compile(NodeSource source)
    {
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);

        // ONNX weighs the old statistics, TorchSharp the new ones.
        var momentum = 1 - source.Attributes.Float("momentum", 0.9f);
        return x => [functional.batch_norm(x[0], x[3], x[4], x[1], x[2], x.Mode == ExecutionMode.Train, momentum, epsilon)];
    }
}
