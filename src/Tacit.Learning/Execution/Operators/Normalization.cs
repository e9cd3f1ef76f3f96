using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>BatchNormalization, InstanceNormalization and LayerNormalization.</summary>
internal static class Normalization
{
    /// <summary>Inputs x, scale, bias, running mean and running variance.</summary>
    public static Kernel Batch(NodeSource source)
    {
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);

        // ONNX weighs the old statistics, TorchSharp the new ones.
        var momentum = 1 - source.Attributes.Float("momentum", 0.9f);
        return x => [functional.batch_norm(x[0], x[3], x[4], x[1], x[2], x.IsTraining, momentum, epsilon)];
    }

    /// <summary>Inputs x, scale and bias; the statistics are those of each channel of each sample.</summary>
    public static Kernel Instance(NodeSource source)
    {
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);
        return x => [functional.instance_norm(x[0], weight: x[1], bias: x[2], eps: epsilon)];
    }

    /// <summary>Inputs x, scale and bias; the statistics are those over the axes from `axis` on.</summary>
    public static Kernel Layer(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", -1);
        var epsilon = source.Attributes.Float("epsilon", 1e-5f);
        return x => [functional.layer_norm(x[0], x[0].shape[(int)Axes.From(axis, x[0].dim())..], x[1], x.OrNull(2), epsilon)];
    }
}
