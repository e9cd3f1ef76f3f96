using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

/// <summary>What is done to a clip of a video before a network sees it.</summary>
/// <remarks>
/// Of each frame the largest centred square (torchvision's CenterCrop) is scaled to <see cref="Size"/> pixels, bilinearly and without
/// smoothing (torch's interpolate with align_corners false); then a channel of value p in 0 … 255 becomes
/// (p / 255 - <see cref="Mean"/>) / <see cref="Std"/>. The result is a tensor 3 x <see cref="Frames"/> x <see cref="Size"/> x <see cref="Size"/>. Equality is by value.
/// </remarks>
/// <example>Sixteen frames for R3D-18: <c>new ClipPreprocessing(16, 112) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f) }</c>.</example>
public sealed record ClipPreprocessing
{
    /// <summary>The default of <see cref="TestClips"/>.</summary>
    public const int DefaultTestClips = 10;

    /// <summary>Clips of so many frames of so many pixels, without normalisation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not positive.</exception>
    public ClipPreprocessing(int frames, int size)
    {
        Frames = frames;
        Size = size;
    }

    /// <summary>The frames of a clip.</summary>
    public int Frames
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The step from one frame of a clip to the next, in frames of the video. Default 1: consecutive frames.</summary>
    public int Stride
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>The width and height that the network takes, in pixels.</summary>
    public int Size
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>What is subtracted of pixels scaled to 0 … 1, in the order of the tensor's channels. Default 0.</summary>
    public ChannelTriple Mean
    {
        get;
        init => field = value.RequireFinite();
    }

    /// <summary>What is divided by, in the order of the tensor's channels; positive. Default 1.</summary>
    public ChannelTriple Std
    {
        get;
        init => field = value.RequirePositive();
    } = new(1);

    /// <summary>The order of the tensor's channels. Default RGB.</summary>
    public ColorOrder ColorOrder
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>How many clips of a video are seen when it is judged. Default 10 (the custom of action recognition, RSPNet's too).</summary>
    public int TestClips
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = DefaultTestClips;

    /// <summary>The frames of a video from the first to the last of a clip: (Frames - 1) · Stride + 1.</summary>
    public int Span => checked((Frames - 1) * Stride + 1);

    /// <summary>The number of elements of one clip's tensor.</summary>
    public int ElementCount => checked(3 * Frames * Size * Size);

    /// <inheritdoc/>
    public override string ToString() => ModelMetadata.Text(this);
}
