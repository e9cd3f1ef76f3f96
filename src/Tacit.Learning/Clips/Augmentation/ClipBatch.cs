using Tacit.Inference.Video.Decoding;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Combines clips into a normalised batch.</summary>
internal static class ClipBatch
{
    /// <summary>Returns a batch, (N, 3, T, size, size), Float32.</summary>
    /// <param name="clips">The clips, with the same number of frames T.</param>
    /// <param name="options">The size and the normalisation.</param>
    /// <param name="transform">Returns a clip (3, T, size, size) with colours in [0, 1]: (index, frames) → clip.</param>
    /// <exception cref="ArgumentException">There are no clips, or their numbers of frames differ.</exception>
    public static Tensor Of(IReadOnlyList<VideoFrames> clips, AugmentationOptions options, Func<int, VideoFrames, Tensor> transform)
    {
        ArgumentNullException.ThrowIfNull(clips);
        if (clips.Count == 0)
        {
            throw new ArgumentException("a batch must have at least one clip", nameof(clips));
        }

        if (clips.FirstOrDefault(clip => clip.Count != clips[0].Count) is { } other)
        {
            throw new ArgumentException(
                $"the clips of a batch must have the same number of frames, not {clips[0].Count} and {other.Count}",
                nameof(clips)
            );
        }

        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var batch = empty([clips.Count, 3, clips[0].Count, options.Size, options.Size], ScalarType.Float32);
        for (var index = 0; index < clips.Count; index++)
        {
            using var step = NewDisposeScope();
            var clip = transform(index, clips[index]);
            Normalization.Apply(clip, options.Mean, options.Std);
            batch[index].copy_(clip);
        }

        return batch.MoveToOuterDisposeScope();
    }
}
