using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

/// <summary>Specifies how a clip of a video is converted to the input of a network.</summary>
/// <remarks>
/// The largest centred square of each frame (torchvision's CenterCrop) is scaled to <see cref="Size"/> pixels, bilinearly and without
/// antialiasing (torch's interpolate with align_corners false). Each channel value p, 0 to 255, then becomes (p / 255 - <see cref="Mean"/>)
/// / <see cref="Std"/>. The result has the shape (3, <see cref="Frames"/>, <see cref="Size"/>, <see cref="Size"/>). Equality is by value.
/// </remarks>
/// <example>
/// Sixteen frames for R3D-18: <c>new ClipPreprocessing(16, 112) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f)
/// }</c>.
/// </example>
public sealed record ClipPreprocessing
{
    /// <summary>The default of <see cref="TestClips"/>, 10.</summary>
    public const int DefaultTestClips = 10;

    /// <summary>Creates the preprocessing of clips without normalisation.</summary>
    /// <param name="frames">The number of frames of a clip, at least 1.</param>
    /// <param name="size">The width and height of the input in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive.</exception>
    public ClipPreprocessing(int frames, int size)
    {
        Frames = frames;
        Size = size;
    }

    /// <summary>The number of frames of a clip, at least 1.</summary>
    public int Frames
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The step between frames of a clip, in frames of the video. Default 1: consecutive frames.</summary>
    public int Stride
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>The width and height of the input in pixels, at least 1.</summary>
    public int Size
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The means that are subtracted from pixels scaled to 0 to 1, in the order of the tensor's channels. Default 0.</summary>
    public ChannelTriple Mean
    {
        get;
        init => field = value.RequireFinite();
    }

    /// <summary>The deviations by which the difference is divided, in the order of the tensor's channels. Positive. Default 1.</summary>
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

    /// <summary>The number of clips of a video in evaluations. Default 10, the convention of action recognition (also RSPNet's).</summary>
    public int TestClips
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = DefaultTestClips;

    /// <summary>The number of frames of the video that a clip spans: (Frames - 1) · Stride + 1.</summary>
    public int Span => checked((Frames - 1) * Stride + 1);

    /// <summary>The number of elements of the tensor of one clip.</summary>
    public int ElementCount => checked(3 * Frames * Size * Size);

    /// <inheritdoc/>
    public override string ToString() => ModelMetadata.Text(this);
}
