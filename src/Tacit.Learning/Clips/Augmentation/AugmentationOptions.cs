using System.Runtime.CompilerServices;
using Tacit.Inference.Contracts;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Options of <see cref="ClipAugmentation"/>.</summary>
/// <remarks>
/// Immutable; each value is checked when it is set. The defaults are those of RSPNet's code, because the augmentation of ASCNet is not
/// known. Values are drawn once for each clip and apply to all of its frames.
/// </remarks>
public sealed record AugmentationOptions
{
    /// <summary>
    /// The augmentation of RSPNet's code, which is the default: crop, grayscale, strong colour jitter of every clip, mirroring.
    /// </summary>
    public static AugmentationOptions Rspnet { get; } = new();

    /// <summary>RSPNet's option "aug_plus": jitter of 80 % of the clips with a hue of 0.1, and blur of 50 % of the clips.</summary>
    public static AugmentationOptions RspnetPlus { get; } =
        new()
        {
            JitterProbability = 0.8,
            Hue = 0.1,
            BlurProbability = 0.5,
        };

    /// <summary>The augmentation of RSPNet's fine-tuning: crops of at least a quarter of the area and mirroring.</summary>
    public static AugmentationOptions FineTuning { get; } =
        new()
        {
            CropArea = new(0.25, 1),
            GrayscaleProbability = 0,
            JitterProbability = 0,
        };

    /// <summary>No randomness: the largest crop, which is a centred square, as in tests.</summary>
    public static AugmentationOptions None { get; } =
        new()
        {
            CropArea = new(1, 1),
            CropAspect = new(1, 1),
            FlipProbability = 0,
            GrayscaleProbability = 0,
            JitterProbability = 0,
        };

    /// <summary>The height and width of augmented clips in pixels, at least 1. Default 112, as in ASCNet's R3D-18.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Size
    {
        get;
        init => field = value >= 1 ? value : throw Wrong(value, "be at least 1");
    } = 112;

    /// <summary>The area of a crop as a share of the frame, within (0, 1]. Default 0.4 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ValueRange CropArea
    {
        get;
        init => field = value is { Low: > 0, High: <= 1 } && value.Low <= value.High ? value : throw Wrong(value, "rise within (0, 1]");
    } = new(0.4, 1);

    /// <summary>The width of a crop divided by its height, above 0. Drawn uniformly on a logarithmic scale. Default 3/4 to 4/3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ValueRange CropAspect
    {
        get;
        init => field = Rising(value);
    } = new(3.0 / 4, 4.0 / 3);

    /// <summary>The probability, 0 to 1, that a clip is mirrored. Default 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double FlipProbability
    {
        get;
        init => field = Within(1, value);
    } = 0.5;

    /// <summary>The probability, 0 to 1, that a clip loses its colours. Default 0.2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double GrayscaleProbability
    {
        get;
        init => field = Within(1, value);
    } = 0.2;

    /// <summary>
    /// The probability, 0 to 1, that brightness, contrast, saturation and hue of a clip are changed, in random order. Default 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double JitterProbability
    {
        get;
        init => field = Within(1, value);
    } = 1;

    /// <summary>The largest change of brightness b, 0 to 1: colours are multiplied by a number in [1 - b, 1 + b]. Default 0.4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Brightness
    {
        get;
        init => field = Within(1, value);
    } = 0.4;

    /// <summary>
    /// The largest change of contrast c, 0 to 1: differences from the mean brightness of the clip are multiplied by a number in [1 - c, 1 +
    /// c]. Default 0.4.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Contrast
    {
        get;
        init => field = Within(1, value);
    } = 0.4;

    /// <summary>
    /// The largest change of saturation s, 0 to 1: differences from the brightness of the pixel are multiplied by a number in [1 - s, 1 +
    /// s]. Default 0.4.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Saturation
    {
        get;
        init => field = Within(1, value);
    } = 0.4;

    /// <summary>The largest rotation of the hue in either direction, as a share of the full circle, 0 to 0.5. Default 0.4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Hue
    {
        get;
        init => field = Within(0.5, value);
    } = 0.4;

    /// <summary>The probability, 0 to 1, that a clip is blurred. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double BlurProbability
    {
        get;
        init => field = Within(1, value);
    }

    /// <summary>The width of the Gaussian kernel in pixels, positive and odd, and less than twice the size. Default 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not odd.</exception>
    public int BlurKernel
    {
        get;
        init => field = value >= 1 && int.IsOddInteger(value) ? value : throw Wrong(value, "be positive and odd");
    } = 3;

    /// <summary>The standard deviation of the blur in pixels, above 0. Default 1.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ValueRange BlurSigma
    {
        get;
        init => field = Rising(value);
    } = new(1.5, 1.5);

    /// <summary>
    /// The number subtracted from each of red, green and blue, which are in [0, 1] before. Default: the mean of ImageNet.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public ChannelTriple Mean
    {
        get;
        init => field = Every(float.IsFinite, value) ? value : throw Wrong(value, "be finite");
    } = new(0.485f, 0.456f, 0.406f);

    /// <summary>
    /// The number by which each of red, green and blue is divided afterwards, above 0. Default: the standard deviation of ImageNet.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive or not finite.</exception>
    public ChannelTriple Std
    {
        get;
        init => field = Every(number => number > 0 && float.IsFinite(number), value) ? value : throw Wrong(value, "be positive");
    } = new(0.229f, 0.224f, 0.225f);

    /// <summary>Returns these options after checking that they do not contradict each other.</summary>
    /// <exception cref="ArgumentException">The kernel of the blur is too large for the size.</exception>
    internal AugmentationOptions Checked() =>
        BlurProbability == 0 || BlurKernel / 2 < Size
            ? this
            : throw new ArgumentException(
                $"{nameof(BlurKernel)} {BlurKernel} is too large for clips of {nameof(Size)} {Size}: it must be less than twice the size."
            );

    private static double Within(double high, double value, [CallerMemberName] string name = "") =>
        value >= 0 && value <= high ? value : throw Wrong(value, $"lie between 0 and {high}", name);

    private static ValueRange Rising(ValueRange value, [CallerMemberName] string name = "") =>
        value.Low > 0 && value.Low <= value.High && double.IsFinite(value.High) ? value : throw Wrong(value, "be positive and rise", name);

    private static bool Every(Func<float, bool> holds, ChannelTriple value) =>
        holds(value.First) && holds(value.Second) && holds(value.Third);

    private static ArgumentOutOfRangeException Wrong<T>(T value, string rule, [CallerMemberName] string name = "") =>
        new(name, value, $"{name} must {rule}, not {value}.");
}
