using System.Collections.Immutable;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>
/// Identifies what a cache was made from. A complete cache states it in its index; a partial cache states it in a file of its
/// own.
/// </summary>
/// <param name="Set">The full path of the set.</param>
/// <param name="ShortSide">The short side of the frames in pixels.</param>
/// <param name="Names">The names of the videos.</param>
internal sealed record VideoCacheContents(string Set, int ShortSide, ImmutableArray<string> Names)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Describes the cache of a set with the given options.</summary>
    public static VideoCacheContents Of(VideoSet set, VideoCacheOptions options) =>
        new(Path.GetFullPath(set.Path), options.ShortSide, [.. set.Items.Select(item => item.Name)]);

    /// <summary>Reads the description from the file of a partial cache, or from the index if there is none.</summary>
    /// <param name="indexPath">The index of the cache.</param>
    /// <param name="contentsPath">The file of a partial cache.</param>
    /// <returns>The description; null if neither file can be read.</returns>
    public static VideoCacheContents? TryRead(string indexPath, string contentsPath)
    {
        try
        {
            return File.Exists(contentsPath)
                ? JsonSerializer.Deserialize<VideoCacheContents>(File.ReadAllBytes(contentsPath), Format)
                : Of(VideoCacheIndex.Read(indexPath));
        }
        catch (Exception exception) when (exception is IOException or JsonException or InvalidFileException)
        {
            return null;
        }
    }

    /// <summary>Writes the description as JSON. The file is replaced as a whole.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Format));

    /// <summary>
    /// Determines whether the cache belongs to a set: its path is the same, or its names are the same, which allows for a set
    /// that was moved or listed again.
    /// </summary>
    public bool IsOf(VideoSet set) =>
        Path.TrimEndingDirectorySeparator(Set) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(set.Path))
        || Names.ToHashSet(StringComparer.Ordinal).SetEquals(set.Items.Select(item => item.Name));

    private static VideoCacheContents Of(VideoCacheIndex index) =>
        new(index.Set, index.ShortSide, [.. index.Videos.Select(video => video.Name), .. index.Unreadable.Select(video => video.Name)]);
}
