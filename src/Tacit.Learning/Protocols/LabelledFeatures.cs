using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video;

namespace Tacit.Learning.Protocols;

/// <summary>Features of videos whose classes are known; classes and sources are numbered.</summary>
public sealed class LabelledFeatures
{
    private LabelledFeatures(
        VideoFeatures features,
        ImmutableArray<string> classes,
        ImmutableArray<int> labels,
        ImmutableArray<int> groups
    ) => (Features, Classes, Labels, Groups) = (features, classes, labels, groups);

    /// <summary>The features.</summary>
    public VideoFeatures Features { get; }

    /// <summary>The names of the classes, in ordinal order.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The class of each video, an index of <see cref="Classes"/>.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>The source of each video as a number: videos of one source have the same, a video without one has its own.</summary>
    public ImmutableArray<int> Groups { get; }

    /// <summary>Numbers the classes and sources of videos.</summary>
    /// <exception cref="InvalidDatasetException">A video has no class, or all have the same.</exception>
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
