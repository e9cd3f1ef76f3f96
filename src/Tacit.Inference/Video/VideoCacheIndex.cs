using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// What a whole cache holds, as cache.json says it.
internal sealed record VideoCacheIndex
{
    public const string TypeName = "VideoCache";
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    [JsonPropertyName("_type"), JsonPropertyOrder(-2)]
    public string Type { get; init; } = TypeName;

    [JsonPropertyName("_version"), JsonPropertyOrder(-1)]
    public int Version { get; init; } = CurrentVersion;

    public required string Set { get; init; }

    public required int ShortSide { get; init; }

    public required ImmutableArray<CachedVideo> Videos { get; init; }

    public required ImmutableArray<UnreadableVideo> Unreadable { get; init; }

    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Format));

    // Whether the file says just this.
    public bool IsAt(string path)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(this, Format));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    public static VideoCacheIndex Read(string path)
    {
        try
        {
            var index = JsonSerializer.Deserialize<VideoCacheIndex>(File.ReadAllBytes(path), Format) ?? throw Damaged(path, null);
            return index.Type != TypeName ? throw new InvalidFileException($"{path} is not the index of a video cache") { Path = path }
                : index.Version != CurrentVersion
                    ? throw new InvalidFileException(
                        $"{path} is of version {index.Version}, and this program knows {CurrentVersion}; build the cache again"
                    )
                    {
                        Path = path,
                    }
                : index.Videos.IsDefaultOrEmpty
                || index.Unreadable.IsDefault
                || !index.Videos.All(video => video is { IsSound: true })
                || index.Unreadable.Contains(null!)
                    ? throw Damaged(path, null)
                : index;
        }
        catch (JsonException exception)
        {
            throw Damaged(path, exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidFileException($"there is no whole cache in {Path.GetDirectoryName(path)}; build it first", exception)
            {
                Path = path,
            };
        }
    }

    private static InvalidFileException Damaged(string path, Exception? inner) =>
        new($"{path} is damaged; build the cache again", inner) { Path = path };
}

// A video of the index. The frames begin at the offset in the file, which lies in the folder frames; bytes and modified are
// those of the source.
internal sealed record CachedVideo(
    string Name,
    string Path,
    long Bytes,
    DateTime Modified,
    string File,
    int Offset,
    int Frames,
    int Height,
    int Width,
    double FrameRate,
    string? Label = null,
    string? Source = null,
    string? Split = null
)
{
    [JsonIgnore]
    public FrameFileHeader Header => new(Frames, Height, Width, FrameRate);

    [JsonIgnore]
    public bool IsSound =>
        Frames > 0
        && Height is > 0 and <= 65_536
        && Width is > 0 and <= 65_536
        && Offset == FrameFileHeader.Length
        && System.IO.Path.GetFileName(File) == File;

    public StoredVideo ToStored() =>
        new(Name, Frames, Height, Width, FrameRate)
        {
            Label = Label,
            Source = Source,
            Split = Split,
        };
}
