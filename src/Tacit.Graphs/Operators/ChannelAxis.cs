namespace Tacit.Graphs.Operators;

/// <summary>The axis of a tensor's channels.</summary>
/// <param name="Count">The number of channels.</param>
/// <param name="Inner">The product of the sizes of all axes after it.</param>
internal readonly record struct ChannelAxis(int Count, int Inner)
{
    /// <summary>Returns the channels along an axis of a tensor.</summary>
    public static ChannelAxis Of(TensorData tensor, int axis) =>
        new((int)tensor.Sizes[axis], (int)tensor.Sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b));

    /// <summary>Returns the channel of an element, given its index in row-major order.</summary>
    public int Channel(int element) => element / Inner % Count;

    /// <summary>Returns a tensor with each channel multiplied by its factor, computed in double precision.</summary>
    public static TensorData Scaled(TensorData tensor, int axis, double[] factors)
    {
        var channels = Of(tensor, axis);
        var elements = tensor.As<float>().ToArray();
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = (float)(elements[i] * factors[channels.Channel(i)]);
        }

        return TensorData.Of<float>(elements, tensor.Sizes.AsSpan());
    }
}
