using System.Collections.Immutable;
using System.Text.Json;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// What a cache is of. The index tells it of a whole cache; while one is built, and where that was stopped, a file of its own does.
internal sealed record VideoCacheContents(string Set, int ShortSide, ImmutableArray<string> Names)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static VideoCacheContents Of(VideoSet set, VideoCacheOptions options) =>
        new(Path.GetFullPath(set.Path), options.ShortSide, [.. set.Items.Select(item => item.Name)]);

    // Null where neither file can be read.
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

    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Format));

    // A set goes by its path, or by its videos where it was moved or listed anew.
    public bool IsOf(VideoSet set) =>
        Path.TrimEndingDirectorySeparator(Set) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(set.Path))
        || Names.ToHashSet(StringComparer.Ordinal).SetEquals(set.Items.Select(item => item.Name));

    private static VideoCacheContents Of(VideoCacheIndex index) =>
        new(index.Set, index.ShortSide, [.. index.Videos.Select(video => video.Name), .. index.Unreadable.Select(video => video.Name)]);
}
