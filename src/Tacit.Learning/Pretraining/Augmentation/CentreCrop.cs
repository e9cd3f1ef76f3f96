using Tacit.Inference.Video;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Augmentation;

/// <summary>Makes a batch of test clips: the largest centred square, bilinear resize, normalisation (RSPNet's test).</summary>
/// <remarks>
/// Nothing is random; of the options only the size, the mean and the standard deviation count. Immutable; any number of threads may
/// use it at once.
/// </remarks>
public sealed class CentreCrop
{
    private readonly AugmentationOptions _options;

    /// <summary>The test transform that belongs to an augmentation of the given options.</summary>
    public CentreCrop(AugmentationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>A batch of test clips.</summary>
    /// <param name="clips">The clips, of any sizes, with the same number of frames T; at least one.</param>
    /// <returns>(N, 3, T, size, size), Float32.</returns>
    /// <exception cref="ArgumentException">There is no clip, or their numbers of frames differ.</exception>
    public Tensor Apply(IReadOnlyList<VideoFrames> clips) =>
        ClipBatch.Of(clips, _options, (_, frames) => CropBox.Centre(frames.Height, frames.Width).Resized(frames, _options.Size));
}
