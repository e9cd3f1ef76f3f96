using System.Collections.Immutable;

namespace Tacit.Inference.Video;

/// <summary>A vector for each of some videos, and what is known of the videos.</summary>
public sealed class VideoFeatures
{
    private readonly float[] _values;

    /// <summary>Wraps features, which the caller gives up.</summary>
    /// <param name="videos">The videos: names, and where known classes, sources and splits.</param>
    /// <param name="values">The features, videos x dimension, row-major.</param>
    /// <exception cref="ArgumentException">There are no videos, the numbers are no equal number of features for each, or one is not finite.</exception>
    public VideoFeatures(ImmutableArray<StoredVideo> videos, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (videos.IsDefaultOrEmpty || values.Length == 0 || values.Length % videos.Length != 0)
        {
            throw new ArgumentException(
                $"{values.Length} numbers are no features of {(videos.IsDefault ? 0 : videos.Length)} videos: each needs the same number of them",
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

    /// <summary>The videos.</summary>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The number of videos.</summary>
    public int Count => Videos.Length;

    /// <summary>The length of each vector.</summary>
    public int Dimension { get; }

    /// <summary>The features, count x dimension, row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The features of a video.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such video.</exception>
    public ReadOnlySpan<float> this[int video]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)video, (uint)Count, nameof(video));
            return _values.AsSpan(video * Dimension, Dimension);
        }
    }
}
