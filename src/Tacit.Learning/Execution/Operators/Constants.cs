using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Shape and ConstantOfShape, whose results do not depend on elements, and Cast.</summary>
internal static class Constants
{
    /// <summary>Shape: the sizes of x from <c>start</c> to <c>end</c> (exclusive) as an Int64 vector. Default: all sizes.</summary>
    public static Kernel ShapeOf(NodeSource source)
    {
        var (start, end) = (source.Attributes.Int("start"), source.Attributes.Int("end", long.MaxValue));
        return x =>
        {
            var sizes = x[0].shape;
            var from = (int)Math.Clamp(Axes.From(start, sizes.Length), 0, sizes.Length);
            var to = (int)Math.Clamp(Axes.From(end, sizes.Length), from, sizes.Length);
            return [tensor(sizes[from..to], device: x[0].device)];
        };
    }

    /// <summary>ConstantOfShape: a tensor of the given sizes, filled with <c>value</c>. Default Float32 0.</summary>
    public static Kernel ConstantOfShape(NodeSource source)
    {
        var sizes = source.Integers(0);
        var value = source.Attributes.Tensor("value") ?? TensorData.Of<float>([0]);
        return x =>
        {
            using var single = value.ToTensor(x[0].device);
            using var scalar = single.reshape([]);
            using var view = scalar.expand(sizes.Read(x)!);
            return [view.clone()];
        };
    }

    /// <summary>Cast: x with the element type <c>to</c>. Floats are truncated towards zero when cast to integers.</summary>
    public static Kernel Cast(NodeSource source)
    {
        var type = ((ElementType)source.Attributes.Int("to")).ToScalarType();
        return x => [x[0].dtype == type ? x[0].alias() : x[0].to(type)];
    }
}
