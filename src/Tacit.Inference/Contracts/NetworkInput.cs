using Tacit.Graphs;

namespace Tacit.Inference.Contracts;

/// <summary>Base class of the inputs of a network. The derived type states the kind of samples.</summary>
/// <param name="Value">The input as the file declares it. The first axis is the batch.</param>
public abstract record NetworkInput(Value Value)
{
    /// <summary>The shape.</summary>
    public Shape Shape => Value.Type.Shape;

    /// <summary>The name of the samples in messages: "images" or "clips".</summary>
    public virtual string Samples => "images";

    /// <summary>The width and height of the pictures in pixels; null if a size is variable or the samples are not pictures.</summary>
    public virtual (int Width, int Height)? PictureSize => null;

    /// <summary>Whether the input accepts colour pictures: Float32 with 3 or a variable number of channels.</summary>
    public virtual bool TakesColor => false;

    /// <summary>Returns the kind of an input: images for four axes, clips for five.</summary>
    /// <param name="value">The input as the file declares it.</param>
    public static NetworkInput Of(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Type.Shape.Rank switch
        {
            4 => new ImageInput(value),
            5 => new ClipInput(value),
            _ => new OtherInput(value),
        };
    }

    private protected int? SizeAt(int axis) => Shape[axis].IsKnown ? checked((int)Shape[axis].Size) : null;

    private protected bool IsColor(int? channels) => Value.Type.Element == ElementType.Float32 && channels is null or 3;
}

/// <summary>An input of images, (N, C, H, W) or (N, H, W, C).</summary>
/// <param name="Value">The input as the file declares it.</param>
public sealed record ImageInput(Value Value) : NetworkInput(Value)
{
    /// <summary>The order of the axes. Channels are last if the last size is 3 and the second is not, as in (N, 224, 224, 3).</summary>
    public ImageLayout Layout => Shape[3] == 3 && Shape[1] != 3 ? ImageLayout.ChannelsLast : ImageLayout.ChannelsFirst;

    /// <summary>The number of channels; null if it is variable.</summary>
    public int? Channels => SizeAt(IsLast ? 3 : 1);

    /// <summary>The height in pixels; null if it is variable.</summary>
    public int? Height => SizeAt(IsLast ? 1 : 2);

    /// <summary>The width in pixels; null if it is variable.</summary>
    public int? Width => SizeAt(IsLast ? 2 : 3);

    /// <inheritdoc/>
    public override (int Width, int Height)? PictureSize => Width is { } width && Height is { } height ? (width, height) : null;

    /// <inheritdoc/>
    public override bool TakesColor => IsColor(Channels);

    private bool IsLast => Layout == ImageLayout.ChannelsLast;
}

/// <summary>An input of clips of videos, (N, C, T, H, W).</summary>
/// <param name="Value">The input as the file declares it.</param>
public sealed record ClipInput(Value Value) : NetworkInput(Value)
{
    /// <summary>The number of channels; null if it is variable.</summary>
    public int? Channels => SizeAt(1);

    /// <summary>The number of frames of a clip; null if it is variable.</summary>
    public int? Frames => SizeAt(2);

    /// <summary>The height in pixels; null if it is variable.</summary>
    public int? Height => SizeAt(3);

    /// <summary>The width in pixels; null if it is variable.</summary>
    public int? Width => SizeAt(4);

    /// <summary>The width and height of square frames in pixels; null if both are variable.</summary>
    public int? Side => Height ?? Width;

    /// <inheritdoc/>
    public override string Samples => "clips";

    /// <inheritdoc/>
    public override (int Width, int Height)? PictureSize => Width is { } width && Height is { } height ? (width, height) : null;

    /// <inheritdoc/>
    public override bool TakesColor => IsColor(Channels);
}

/// <summary>Any other input, such as signals (N, C, L).</summary>
/// <param name="Value">The input as the file declares it.</param>
public sealed record OtherInput(Value Value) : NetworkInput(Value);
