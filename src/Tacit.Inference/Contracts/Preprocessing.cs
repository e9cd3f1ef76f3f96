namespace Tacit.Inference.Contracts;

/// <summary>The order of the channels in an image tensor.</summary>
public enum ColorOrder
{
    /// <summary>Red, green, blue: PyTorch's and ONNX's custom.</summary>
    RGB,

    /// <summary>Blue, green, red: Caffe's and OpenCV's custom.</summary>
    BGR,
}

/// <summary>How an image gets the size that a network takes.</summary>
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

/// <summary>What is done to an image before a network sees it.</summary>
/// <remarks>
/// A pixel's channel of value p in 0 … 255 becomes (p · <see cref="Scale"/> - <see cref="Mean"/>) / <see cref="Std"/>; the
/// result is a tensor 3 x <see cref="Height"/> x <see cref="Width"/>, or with the channels last. Sizes are in pixels. Equality is by value.
/// </remarks>
/// <example>CIFAR-10 as it is customary: <c>new Preprocessing(32, 32) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f) }</c>;
/// a red value of 128 then becomes (0.50196 - 0.485) / 0.229 = 0.0741.</example>
public sealed record Preprocessing
{
    /// <summary>The default of <see cref="Scale"/>: pixels become numbers from 0 to 1.</summary>
    public const float DefaultScale = 1f / 255f;

    private readonly int _shortSide;

    /// <summary>Preprocessing to a size, without normalisation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public Preprocessing(int width, int height)
    {
        Width = width;
        Height = height;
    }

    /// <summary>The width that the network takes.</summary>
    public int Width
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The height that the network takes.</summary>
    public int Height
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>What is subtracted after scaling, in the order of the tensor's channels. Default 0.</summary>
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

    /// <summary>What pixel values are multiplied by. Default 1/255.</summary>
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
    /// The order of the axes. Default channels first. It is no part of the metadata: the shape of a network's input says it, see
    /// <see cref="ImageInput.Layout"/>.
    /// </summary>
    public ImageLayout Layout
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>How an image gets its size. Default <see cref="ResizeMode.Stretch"/>.</summary>
    public ResizeMode Resize
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>
    /// The length that the short side gets under <see cref="ResizeMode.ShortSideCrop"/>, such as 256 for a crop of 224;
    /// at least the larger of width and height, which is also the default.
    /// </summary>
    public int ShortSide
    {
        get => _shortSide == 0 ? Math.Max(Width, Height) : _shortSide;
        init => _shortSide = Require.AtLeast(1, value);
    }

    /// <summary>The number of elements of one image's tensor.</summary>
    public int ElementCount => checked(3 * Width * Height);

    /// <summary>The sizes of the tensor of so many images.</summary>
    public long[] Sizes(int count) => Layout == ImageLayout.ChannelsFirst ? [count, 3, Height, Width] : [count, Height, Width, 3];

    /// <inheritdoc/>
    public override string ToString() => ModelMetadata.Text(this);

    // The one rule between properties; checked where the record is used, as `with` may set them in any order.
    internal Preprocessing Checked() =>
        Resize == ResizeMode.Stretch || ShortSide >= Math.Max(Width, Height)
            ? this
            : throw new ArgumentException(
                $"ShortSide {ShortSide} is less than the {Width} x {Height} that is cut out; make it at least {Math.Max(Width, Height)}"
            );
}
