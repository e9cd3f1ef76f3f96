using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Graphs;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>The index of a complete cache, stored as cache.json.</summary>
internal sealed record VideoCacheIndex
{
    /// <summary>The value of the property <c>_type</c>, which identifies the file.</summary>
    public const string TypeName = "VideoCache";

    /// <summary>The version of the format that this program reads and writes.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The type of the file, <see cref="TypeName"/> if it is an index.</summary>
    [JsonPropertyName("_type"), JsonPropertyOrder(-2)]
    public string Type { get; init; } = TypeName;

    /// <summary>The version of the format.</summary>
    [JsonPropertyName("_version"), JsonPropertyOrder(-1)]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The full path of the set.</summary>
    public required string Set { get; init; }

    /// <summary>The short side of the frames in pixels.</summary>
    public required int ShortSide { get; init; }

    /// <summary>The videos of the cache, ordered by name.</summary>
    public required ImmutableArray<CachedVideo> Videos { get; init; }

    /// <summary>The videos that were left out, ordered by name.</summary>
    public required ImmutableArray<UnreadableVideo> Unreadable { get; init; }

    /// <summary>Writes the index as JSON. The file is replaced as a whole.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Format));

    /// <summary>Determines whether a file has exactly the contents that <see cref="Write"/> would write.</summary>
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

    /// <summary>Reads an index and checks that it is consistent.</summary>
    /// <exception cref="InvalidFileException">
    /// The file is missing or damaged, is another kind of file, or has another version.
    /// </exception>
    public static VideoCacheIndex Read(string path)
    {
        try
        {
            var index = JsonSerializer.Deserialize<VideoCacheIndex>(File.ReadAllBytes(path), Format) ?? throw Damaged(path, null);
            return index.Type != TypeName ? throw new InvalidFileException($"{path} is not the index of a video cache") { Path = path }
                : index.Version != CurrentVersion
                    ? throw new InvalidFileException(
                        $"{path} has version {index.Version}, but this version of Tacit reads version {CurrentVersion}; build the cache again"
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
            throw new InvalidFileException($"there is no complete cache in {Path.GetDirectoryName(path)}; build it first", exception)
            {
                Path = path,
            };
        }
    }

    private static InvalidFileException Damaged(string path, Exception? inner) =>
        new($"{path} is damaged; build the cache again", inner) { Path = path };
}

/// <summary>A video in the index of a cache.</summary>
/// <param name="Name">The name of the video in the set.</param>
/// <param name="Path">The full path of the source.</param>
/// <param name="Bytes">The size of the source in bytes.</param>
/// <param name="Modified">The time of the last change of the source, in UTC.</param>
/// <param name="File">The name of the file in the folder frames.</param>
/// <param name="Offset">The offset of the first frame in the file, in bytes.</param>
/// <param name="Frames">The number of frames.</param>
/// <param name="Height">The height of the frames in pixels.</param>
/// <param name="Width">The width of the frames in pixels.</param>
/// <param name="FrameRate">Frames per second, on average.</param>
/// <param name="Label">The class; null if unknown.</param>
/// <param name="Source">The recording that the video was cut from; null if it is its own source.</param>
/// <param name="Split">The part of the set; null if the set is not divided.</param>
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
    /// <summary>The header that the file of frames must have.</summary>
    [JsonIgnore]
    public FrameFileHeader Header => new(Frames, Height, Width, FrameRate);

    /// <summary>Whether the values are within their ranges and the file name has no folder in it.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Frames > 0
        && Height is > 0 and <= 65_536
        && Width is > 0 and <= 65_536
        && Offset == FrameFileHeader.Length
        && System.IO.Path.GetFileName(File) == File;

    /// <summary>Describes the video as a store lists it.</summary>
    public StoredVideo ToStored() =>
        new(Name, Frames, Height, Width, FrameRate)
        {
            Label = Label,
            Source = Source,
            Split = Split,
        };
}
