namespace Tacit.Graphs.Operators;

/// <summary>The axis of a tensor that its channels lie along.</summary>
/// <param name="Count">The number of channels.</param>
/// <param name="Inner">The elements of all axes behind it.</param>
internal readonly record struct ChannelAxis(int Count, int Inner)
{
    /// <summary>One of the axes of a tensor, counted from the first.</summary>
    public static ChannelAxis Of(TensorData tensor, int axis) =>
        new((int)tensor.Sizes[axis], (int)tensor.Sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b));

    /// <summary>The channel of an element, by its place in memory.</summary>
    public int Channel(int element) => element / Inner % Count;

    /// <summary>A tensor with each channel multiplied by its factor, in double precision.</summary>
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
