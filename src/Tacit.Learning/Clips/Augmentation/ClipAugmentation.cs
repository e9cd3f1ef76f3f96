using Tacit.Inference.Video.Decoding;
using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Makes a batch of training clips from decoded ones, each changed at random: cut, recoloured, mirrored, blurred.</summary>
/// <remarks>
/// <para>What is drawn for a clip holds for all of its frames: appearance changes, motion does not. In this order: crop and bilinear
/// resize, grayscale, colour jitter, flip, blur, normalisation (RSPNet's code).</para>
/// <para>Randomness is a function of (seed, step, item): what becomes of a clip does not depend on the other clips of the batch, bit for
/// bit. Immutable; any number of threads may use it at once.</para>
/// </remarks>
/// <example><code>
/// using var batch = new ClipAugmentation(AugmentationOptions.Rspnet).Apply(clips, seed, step); // (N, 3, T, 112, 112)
/// </code></example>
internal sealed class ClipAugmentation
{
    private const string Stream = "augmentation";

    private readonly AugmentationOptions _options;

    /// <summary>An augmentation of the given options.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public ClipAugmentation(AugmentationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
    }

    /// <summary>A batch of augmented clips.</summary>
    /// <param name="clips">The clips, of any sizes, with the same number of frames T; at least one.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="step">The step of the run.</param>
    /// <param name="firstItem">The number of the first clip within the step; the others count on from it.</param>
    /// <returns>(N, 3, T, size, size), Float32.</returns>
    /// <exception cref="ArgumentException">There is no clip, or their numbers of frames differ.</exception>
    public Tensor Apply(IReadOnlyList<VideoFrames> clips, ulong seed, long step, long firstItem = 0) =>
        ClipBatch.Of(clips, _options, (index, frames) => Augmented(frames, new RandomStream(seed, Stream, step, firstItem + index)));

    // One clip at a time: it stays in the processor's cache from the first operation to the last, only what was drawn for it is
    // computed, and no sum depends on the size of the batch. Always drawn in the same order, (3, T, size, size).
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
