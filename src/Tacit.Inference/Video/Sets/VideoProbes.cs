using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Sets;

/// <summary>
/// A store of probe results. A file is not probed again as long as its size and the time of its last change stay the same.
/// Several threads can use it at a time.
/// </summary>
internal sealed class VideoProbes
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly ConcurrentDictionary<string, ProbedFile> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProbedFile> _stored = new(StringComparer.Ordinal);
    private int _added;

    /// <summary>Reads stored results; there are none if the file is missing or damaged.</summary>
    public static VideoProbes Read(string path)
    {
        var probes = new VideoProbes();
        try
        {
            foreach (
                var file in JsonSerializer
                    .Deserialize<ImmutableArray<StoredProbe?>>(File.ReadAllBytes(path), Format)
                    .Select(probe => probe?.ToProbed())
                    .OfType<ProbedFile>()
            )
            {
                probes._stored[file.Path] = file;
            }
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            probes._stored.Clear();
        }

        return probes;
    }

    /// <summary>Finds the result of a video; null if it is unknown or the file has changed.</summary>
    public ProbedVideo? Find(VideoItem item)
    {
        var now = ProbedFile.Of(item);
        if (
            (_used.GetValueOrDefault(now.Path) ?? _stored.GetValueOrDefault(now.Path)) is not { } known
            || known.Bytes != now.Bytes
            || known.Modified != now.Modified
        )
        {
            return null;
        }

        _used[now.Path] = known;
        return new ProbedVideo(item, known.Info, known.Reason) { IsEmpty = known.IsEmpty };
    }

    /// <summary>Adds a result.</summary>
    /// <param name="file">The state of the file before it was probed.</param>
    /// <param name="video">The result.</param>
    public void Add(ProbedFile file, ProbedVideo video)
    {
        _used[file.Path] = file with { Info = video.Info, Reason = video.Reason, IsEmpty = video.IsEmpty };
        Interlocked.Increment(ref _added);
    }

    /// <summary>
    /// Writes the results that were added or looked up. Unreadable files are left out, so that they are probed again next time.
    /// Nothing is written if nothing has changed.
    /// </summary>
    public void Write(string path)
    {
        var readable = _used
            .Values.Where(file => file.Info is not null)
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(StoredProbe.Of)
            .ToList();
        if (_added > 0 || readable.Count != _stored.Count)
        {
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, readable, Format));
        }
    }
}

/// <summary>The state of a file when it was probed, and the result.</summary>
/// <param name="Path">The full path of the file.</param>
/// <param name="Bytes">The size in bytes; -1 if the file does not exist.</param>
/// <param name="Modified">The time of the last change, in UTC.</param>
internal sealed record ProbedFile(string Path, long Bytes, DateTime Modified)
{
    /// <summary>The properties of the video; null if it cannot be read or was not probed yet.</summary>
    public VideoInfo? Info { get; init; }

    /// <summary>Why the video cannot be read; null if it can or was not probed yet.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the file has no bytes or no frames.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Captures the current state of the file of a video.</summary>
    public static ProbedFile Of(VideoItem item) =>
        VideoFile.Of(item.Path) is { Exists: true } file
            ? new ProbedFile(System.IO.Path.GetFullPath(item.Path), file.Length, file.LastWriteTimeUtc)
            : new ProbedFile(System.IO.Path.GetFullPath(item.Path), -1, default);
}
