using Tacit.Graphs;

namespace Tacit.Inference.Contracts;

/// <summary>An input of a network: a batch of samples. Its kind is its type.</summary>
/// <param name="Value">The input as the file declares it; the first axis is the batch.</param>
public abstract record NetworkInput(Value Value)
{
    /// <summary>The shape.</summary>
    public Shape Shape => Value.Type.Shape;

    /// <summary>What samples are called: "images" or "clips".</summary>
    public virtual string Samples => "images";

    /// <summary>The width and height of its pictures in pixels; null where one of them is free, or samples are no pictures.</summary>
    public virtual (int Width, int Height)? PictureSize => null;

    /// <summary>Whether it can be given colour pictures: Float32, of 3 channels or a free number of them.</summary>
    public virtual bool TakesColor => false;

    /// <summary>The input of a value: of four axes images, of five clips of video.</summary>
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

/// <summary>Images, N x C x H x W or N x H x W x C.</summary>
/// <param name="Value">The input as the file declares it.</param>
public sealed record ImageInput(Value Value) : NetworkInput(Value)
{
    /// <summary>The order of the axes: channels last where they are 3 there and not second, as in N x 224 x 224 x 3.</summary>
    public ImageLayout Layout => Shape[3] == 3 && Shape[1] != 3 ? ImageLayout.ChannelsLast : ImageLayout.ChannelsFirst;

    /// <summary>The channels; null where they are free.</summary>
    public int? Channels => SizeAt(IsLast ? 3 : 1);

    /// <summary>The height in pixels; null where it is free.</summary>
    public int? Height => SizeAt(IsLast ? 1 : 2);

    /// <summary>The width in pixels; null where it is free.</summary>
    public int? Width => SizeAt(IsLast ? 2 : 3);

    /// <inheritdoc/>
    public override (int Width, int Height)? PictureSize => Width is { } width && Height is { } height ? (width, height) : null;

    /// <inheritdoc/>
    public override bool TakesColor => IsColor(Channels);

    private bool IsLast => Layout == ImageLayout.ChannelsLast;
}

/// <summary>Clips of video, N x C x T x H x W.</summary>
/// <param name="Value">The input as the file declares it.</param>
public sealed record ClipInput(Value Value) : NetworkInput(Value)
{
    /// <summary>The channels; null where they are free.</summary>
    public int? Channels => SizeAt(1);

    /// <summary>The frames of a clip; null where they are free.</summary>
    public int? Frames => SizeAt(2);

    /// <summary>The height in pixels; null where it is free.</summary>
    public int? Height => SizeAt(3);

    /// <summary>The width in pixels; null where it is free.</summary>
    public int? Width => SizeAt(4);

    /// <summary>The side of square frames in pixels; null where it is free.</summary>
    public int? Side => Height ?? Width;

    /// <inheritdoc/>
    public override string Samples => "clips";

    /// <inheritdoc/>
    public override (int Width, int Height)? PictureSize => Width is { } width && Height is { } height ? (width, height) : null;

    /// <inheritdoc/>
    public override bool TakesColor => IsColor(Channels);
}

/// <summary>Anything else, such as signals N x C x L.</summary>
/// <param name="Value">The input as the file declares it.</param>
public sealed record OtherInput(Value Value) : NetworkInput(Value);
