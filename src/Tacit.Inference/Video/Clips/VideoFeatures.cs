using System.Collections.Immutable;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Clips;

/// <summary>The feature vectors of a set of videos, one for each video.</summary>
public sealed class VideoFeatures
{
    private readonly float[] _values;

    /// <summary>Creates a set of features. The array is not copied; the caller must not change it afterwards.</summary>
    /// <param name="videos">The videos, with their names and, if known, classes, sources and splits.</param>
    /// <param name="values">The features in row-major order, videos x dimension.</param>
    /// <exception cref="ArgumentException">
    /// There are no videos, the length of <paramref name="values"/> is zero or not a multiple of the number of videos, or a
    /// value is not finite.
    /// </exception>
    public VideoFeatures(ImmutableArray<StoredVideo> videos, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (videos.IsDefaultOrEmpty || values.Length == 0 || values.Length % videos.Length != 0)
        {
            throw new ArgumentException(
                $"{values.Length} numbers cannot be the features of {(videos.IsDefault ? 0 : videos.Length)} videos: each needs the same number of them",
                nameof(values)
            );
        }

        if (values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and var place)
        {
            throw new ArgumentException(
                $"the features of {videos[place / (values.Length / videos.Length)].Name} are not finite",
                nameof(values)
            );
        }

        (Videos, _values, Dimension) = (videos, values, values.Length / videos.Length);
    }

    /// <summary>The videos, in the order of the features.</summary>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The number of videos, at least 1.</summary>
    public int Count => Videos.Length;

    /// <summary>The length of each feature vector, at least 1.</summary>
    public int Dimension { get; }

    /// <summary>All features in row-major order: <see cref="Count"/> x <see cref="Dimension"/>.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The feature vector of a video, of length <see cref="Dimension"/>.</summary>
    /// <param name="video">The index of the video, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="video"/> is negative or not less than <see cref="Count"/>.
    /// </exception>
    public ReadOnlySpan<float> this[int video]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)video, (uint)Count, nameof(video));
            return _values.AsSpan(video * Dimension, Dimension);
        }
    }
}
