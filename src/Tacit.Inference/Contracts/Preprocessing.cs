namespace Tacit.Inference.Contracts;

/// <summary>The order of the channels in an image tensor.</summary>
public enum ColorOrder
{
    /// <summary>Red, green, blue: PyTorch's and ONNX's custom.</summary>
    RGB,

    /// <summary>Blue, green, red: Caffe's and OpenCV's custom.</summary>
    BGR,
}

/// <summary>Specifies how an image is scaled to the input size of a network.</summary>
public enum ResizeMode
{
    /// <summary>Each side is scaled on its own; the aspect ratio may change.</summary>
    Stretch,

    /// <summary>The image is scaled until its short side has a given length, then the centre is cut out.</summary>
    ShortSideCrop,
}

/// <summary>The order of the axes in an image tensor.</summary>
public enum ImageLayout
{
    /// <summary>3 x height x width: PyTorch's custom.</summary>
    ChannelsFirst,

    /// <summary>Height x width x 3: TensorFlow's and Keras's custom.</summary>
    ChannelsLast,
}

/// <summary>Specifies how an image is converted to the input of a network.</summary>
/// <remarks>
/// Each channel value p of a pixel, 0 to 255, becomes (p · <see cref="Scale"/> - <see cref="Mean"/>) / <see cref="Std"/>. The result has
/// the shape (3, <see cref="Height"/>, <see cref="Width"/>), or has the channels last. Sizes are in pixels. Equality is by value.
/// </remarks>
/// <example>
/// The usual values for CIFAR-10: <c>new Preprocessing(32, 32) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f)
/// }</c>. A red value of 128 then becomes (0.50196 - 0.485) / 0.229 = 0.0741.
/// </example>
public sealed record Preprocessing
{
    /// <summary>The default of <see cref="Scale"/>, 1/255, which maps pixels to 0 to 1.</summary>
    public const float DefaultScale = 1f / 255f;

    private readonly int _shortSide;

    /// <summary>Creates preprocessing without normalisation.</summary>
    /// <param name="width">The width of the input in pixels, at least 1.</param>
    /// <param name="height">The height of the input in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public Preprocessing(int width, int height)
    {
        Width = width;
        Height = height;
    }

    /// <summary>The width of the input in pixels, at least 1.</summary>
    public int Width
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The height of the input in pixels, at least 1.</summary>
    public int Height
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The means that are subtracted after scaling, in the order of the tensor's channels. Default 0.</summary>
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

    /// <summary>The factor by which pixel values are multiplied. Default 1/255.</summary>
    public float Scale
    {
        get;
        init => field = Require.Positive(value);
    } = DefaultScale;

    /// <summary>The order of the tensor's channels. Default RGB.</summary>
    public ColorOrder ColorOrder
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>
    /// The order of the axes. Default channels first. The metadata does not contain it; it follows from the shape of the input, see
    /// <see cref="ImageInput.Layout"/>.
    /// </summary>
    public ImageLayout Layout
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>How an image is scaled to the input size. Default <see cref="ResizeMode.Stretch"/>.</summary>
    public ResizeMode Resize
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>
    /// The length in pixels to which <see cref="ResizeMode.ShortSideCrop"/> scales the short side, such as 256 for a crop of 224. At least
    /// the larger of width and height, which is the default.
    /// </summary>
    public int ShortSide
    {
        get => _shortSide == 0 ? Math.Max(Width, Height) : _shortSide;
        init => _shortSide = Require.AtLeast(1, value);
    }

    /// <summary>The number of elements of the tensor of one image.</summary>
    public int ElementCount => checked(3 * Width * Height);

    /// <summary>Returns the sizes of the tensor of a batch.</summary>
    /// <param name="count">The number of images.</param>
    public long[] Sizes(int count) => Layout == ImageLayout.ChannelsFirst ? [count, 3, Height, Width] : [count, Height, Width, 3];

    /// <inheritdoc/>
    public override string ToString() => ModelMetadata.Text(this);

    // The only rule between properties. It is checked on use, because `with` may set them in any order.
    internal Preprocessing Checked() =>
        Resize == ResizeMode.Stretch || ShortSide >= Math.Max(Width, Height)
            ? this
            : throw new ArgumentException(
                $"ShortSide {ShortSide} is less than the {Width} x {Height} that is cut out; make it at least {Math.Max(Width, Height)}"
            );
}
