using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;

namespace Tacit.Learning.Evaluation;

/// <summary>The features of videos with known classes. Classes and sources are numbered.</summary>
public sealed class LabelledFeatures
{
    private LabelledFeatures(
        VideoFeatures features,
        ImmutableArray<string> classes,
        ImmutableArray<int> labels,
        ImmutableArray<int> groups
    ) => (Features, Classes, Labels, Groups) = (features, classes, labels, groups);

    /// <summary>The features and the videos.</summary>
    public VideoFeatures Features { get; }

    /// <summary>The names of the classes in ordinal order; at least two.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The class of each video, an index into <see cref="Classes"/>.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>
    /// The source of each video as a number. Videos of the same source have the same number; a video without a source has one
    /// of its own.
    /// </summary>
    public ImmutableArray<int> Groups { get; }

    /// <summary>Numbers the classes and sources of videos.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <exception cref="InvalidDatasetException">A video has no class, or all have the same class.</exception>
    public static LabelledFeatures Of(VideoFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var (classes, labels, groups) = Number(features.Videos);
        return classes.Length > 1
            ? new LabelledFeatures(features, classes, labels, groups)
            : throw new InvalidDatasetException(
                $"all {features.Count} videos are of the class {classes[0]}; at least two classes are needed to judge by"
            );
    }

    /// <summary>Numbers the classes, in ordinal order, and the sources of videos.</summary>
    /// <param name="videos">The videos.</param>
    /// <returns>The names of the classes, and the class and source of each video.</returns>
    /// <exception cref="InvalidDatasetException">A video has no class.</exception>
    internal static (ImmutableArray<string> Classes, ImmutableArray<int> Labels, ImmutableArray<int> Groups) Number(
        ImmutableArray<StoredVideo> videos
    )
    {
        var without = videos.Where(video => video.Label is null).ToList();
        if (without.Count > 0)
        {
            throw new InvalidDatasetException(
                without.Count == videos.Length
                    ? "no video has a class, which is what a network is judged by; put the videos in a folder for each class, or list their labels"
                    : $"{without.Count} of {videos.Length} videos have no class, such as {without[0].Name}; give each one, or take them out"
            );
        }

        ImmutableArray<string> classes = [.. videos.Select(video => video.Label!).Distinct().Order(StringComparer.Ordinal)];
        var sources = new Dictionary<(bool IsSource, string Name), int>();
        var groups = videos.Select(video =>
        {
            var key = (video.Source is not null, video.Source ?? video.Name);
            sources.TryAdd(key, sources.Count);
            return sources[key];
        });
        return (classes, [.. videos.Select(video => classes.BinarySearch(video.Label!, StringComparer.Ordinal))], [.. groups]);
    }
}
