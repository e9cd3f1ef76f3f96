namespace Tacit.Graphs.Passes.Canonical;

/// <summary>A value of a network of a fixed batch, and its forms for any number of samples.</summary>
/// <param name="shape">The shape at the fixed batch size.</param>
/// <param name="axis">The axis along which the samples lie. At a batch of 1, any.</param>
internal sealed class BatchedValue(Shape shape, int axis)
{
    /// <summary>The shape at the fixed batch size.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>The axis along which the samples lie. At a batch of 1, any.</summary>
    public int Axis { get; } = axis;

    /// <summary>The name of the value as rows, (N · k, ...); null if it does not exist in this form.</summary>
    public string? Rows { get; set; }

    /// <summary>The name of the value with its samples beside each other, (N, T); null if it does not exist in this form.</summary>
    public string? Beside { get; set; }

    /// <summary>Returns whether the axis has room for a batch.</summary>
    public bool Holds(long batch) =>
        batch == 1 ? Axis >= Shape.Rank || Shape[Axis].IsKnown : Axis < Shape.Rank && Shape[Axis].IsKnown && Shape[Axis].Size % batch == 0;

    /// <summary>Returns whether the first axis is the batch and nothing else.</summary>
    public bool IsPlain(long batch) => Shape.Rank > 0 && (batch == 1 || Axis == 0) && Shape[0] == batch;

    /// <summary>Returns the shape of one sample, T.</summary>
    public Shape Sample(long batch) => batch == 1 ? Shape : Shape.With(Axis, Shape[Axis].Size / batch);

    /// <summary>Returns the sizes of a shape; null if one is unknown or 0.</summary>
    public static long[]? Sizes(Shape shape) => shape.All(size => size is { IsKnown: true, Size: > 0 }) ? shape.ToSizes() : null;
}
