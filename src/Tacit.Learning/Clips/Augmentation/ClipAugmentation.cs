using Tacit.Inference.Video.Decoding;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Creates a batch of training clips with random crops, colours, mirroring and blur.</summary>
/// <remarks>
/// <para>
/// What is drawn for a clip applies to all of its frames, so the appearance changes but the motion does not. The operations, in the order
/// of RSPNet's code:
/// </para>
/// <list type="number">
/// <item>crop and bilinear resize to a square (pixel centres at half positions)</item>
/// <item>grayscale</item>
/// <item>colour jitter: brightness, contrast, saturation and hue in random order</item>
/// <item>horizontal mirroring</item>
/// <item>Gaussian blur</item>
/// <item>normalisation: (colour - mean) / deviation</item>
/// </list>
/// <para>
/// The random numbers are a function of seed, step and item. The result for a clip does not depend on the other clips of the batch, bit for
/// bit. An instance is immutable and can be used by several threads.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using var batch = new ClipAugmentation(AugmentationOptions.Rspnet).Apply(clips, seed, step); // (N, 3, T, 112, 112)
/// </code>
/// </example>
internal sealed class ClipAugmentation
{
    private const string Stream = "augmentation";

    private readonly AugmentationOptions _options;

    /// <summary>Creates an augmentation.</summary>
    /// <param name="options">The probabilities and ranges.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public ClipAugmentation(AugmentationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
    }

    /// <summary>Returns a batch of augmented clips.</summary>
    /// <param name="clips">The clips, at least one, of any heights and widths but with the same number of frames T.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="step">The step of the run.</param>
    /// <param name="firstItem">The number of the first clip within the step. The other clips follow it. Default 0.</param>
    /// <returns>The clips, (N, 3, T, size, size), Float32, on the CPU, with the channels red, green, blue.</returns>
    /// <exception cref="ArgumentException">There are no clips, or their numbers of frames differ.</exception>
    public Tensor Apply(IReadOnlyList<VideoFrames> clips, ulong seed, long step, long firstItem = 0) =>
        ClipBatch.Of(clips, _options, (index, frames) => Augmented(frames, new RandomStream(seed, Stream, step, firstItem + index)));

    /// <summary>Augments one clip, (3, T, size, size). Random numbers are always drawn in the same order.</summary>
    /// <remarks>
    /// Clips are processed one by one. A clip then stays in the processor's cache, only the drawn operations are computed, and the result
    /// does not depend on the batch.
    /// </remarks>
    private Tensor Augmented(VideoFrames frames, RandomStream random)
    {
        var box = RandomResizedCrop.Draw(frames.Height, frames.Width, _options.CropArea, _options.CropAspect, random);
        var clip = box.Resized(frames, _options.Size);
        if (random.NextDouble() < _options.GrayscaleProbability)
        {
            Grayscale.Apply(clip);
        }

        if (random.NextDouble() < _options.JitterProbability)
        {
            ColorJitter.Draw(_options, random).Apply(clip);
        }

        if (random.NextDouble() < _options.FlipProbability)
        {
            HorizontalFlip.Apply(clip);
        }

        if (random.NextDouble() < _options.BlurProbability)
        {
            GaussianBlur.Apply(clip, _options.BlurKernel, _options.BlurSigma.At(random.NextDouble()));
        }

        return clip;
    }
}
