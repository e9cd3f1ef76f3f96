using System.Runtime.CompilerServices;
using Tacit.Inference.Contracts;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>The options of <see cref="ClipAugmentation"/>.</summary>
/// <remarks>Immutable; values are checked where they are set. The defaults are those of RSPNet's code, since ASCNet's paper says nothing of augmentation that is known.</remarks>
public sealed record AugmentationOptions
{
    /// <summary>RSPNet's recipe, which is also the default: crop, grayscale, strong jitter of every clip, flip.</summary>
    public static AugmentationOptions Rspnet { get; } = new();

    /// <summary>RSPNet's option "aug_plus": jitter of 80 % of the clips with less change of hue, and blur of half of them.</summary>
    public static AugmentationOptions RspnetPlus { get; } =
        new()
        {
            JitterProbability = 0.8,
            Hue = 0.1,
            BlurProbability = 0.5,
        };

    /// <summary>What RSPNet trains with when it fine-tunes: crops of at least a quarter, and flips.</summary>
    public static AugmentationOptions FineTuning { get; } =
        new()
        {
            CropArea = new(0.25, 1),
            GrayscaleProbability = 0,
            JitterProbability = 0,
        };

    /// <summary>Nothing at random: the largest centred square, as for tests.</summary>
    public static AugmentationOptions None { get; } =
        new()
        {
            CropArea = new(1, 1),
            CropAspect = new(1, 1),
            FlipProbability = 0,
            GrayscaleProbability = 0,
            JitterProbability = 0,
        };

    /// <summary>The height and width that clips get, in pixels, at least 1. Default 112 (ASCNet's R3D-18).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Size
    {
        get;
        init => field = value >= 1 ? value : throw Wrong(value, "be at least 1");
    } = 112;

    /// <summary>The share of the picture's area that a crop keeps, within (0, 1]. Default 0.4 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ValueRange CropArea
    {
        get;
        init => field = value is { Low: > 0, High: <= 1 } && value.Low <= value.High ? value : throw Wrong(value, "rise within (0, 1]");
    } = new(0.4, 1);

    /// <summary>The width of a crop divided by its height, positive. Default 3/4 to 4/3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ValueRange CropAspect
    {
        get;
        init => field = Rising(value);
    } = new(3.0 / 4, 4.0 / 3);

    /// <summary>The probability that a clip is mirrored. Default 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double FlipProbability
    {
        get;
        init => field = Within(1, value);
    } = 0.5;

    /// <summary>The probability that a clip loses its colours. Default 0.2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double GrayscaleProbability
    {
        get;
        init => field = Within(1, value);
    } = 0.2;

    /// <summary>The probability that brightness, contrast, saturation and hue of a clip are changed, in random order. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double JitterProbability
    {
        get;
        init => field = Within(1, value);
    } = 1;

    /// <summary>Brightness is multiplied by a number within this distance of 1; from 0 to 1. Default 0.4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Brightness
    {
        get;
        init => field = Within(1, value);
    } = 0.4;

    /// <summary>Contrast is multiplied by a number within this distance of 1; from 0 to 1. Default 0.4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Contrast
    {
        get;
        init => field = Within(1, value);
    } = 0.4;

    /// <summary>Saturation is multiplied by a number within this distance of 1; from 0 to 1. Default 0.4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Saturation
    {
        get;
        init => field = Within(1, value);
    } = 0.4;

    /// <summary>Hue is turned by up to this part of the full circle either way; from 0 to 0.5. Default 0.4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Hue
    {
        get;
        init => field = Within(0.5, value);
    } = 0.4;

    /// <summary>The probability that a clip is blurred. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double BlurProbability
    {
        get;
        init => field = Within(1, value);
    }

    /// <summary>The width of the Gaussian kernel of the blur in pixels, odd; less than twice the size. Default 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BlurKernel
    {
        get;
        init => field = value >= 1 && int.IsOddInteger(value) ? value : throw Wrong(value, "be positive and odd");
    } = 3;

    /// <summary>The standard deviation of the blur in pixels, positive. Default 1.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ValueRange BlurSigma
    {
        get;
        init => field = Rising(value);
    } = new(1.5, 1.5);

    /// <summary>What is subtracted from red, green and blue in 0 … 1. Default ImageNet's mean.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public ChannelTriple Mean
    {
        get;
        init => field = Every(float.IsFinite, value) ? value : throw Wrong(value, "be finite");
    } = new(0.485f, 0.456f, 0.406f);

    /// <summary>What red, green and blue are then divided by; positive. Default ImageNet's standard deviation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public ChannelTriple Std
    {
        get;
        init => field = Every(number => number > 0 && float.IsFinite(number), value) ? value : throw Wrong(value, "be positive");
    } = new(0.229f, 0.224f, 0.225f);

    /// <summary>These options, whose fields fit each other.</summary>
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
