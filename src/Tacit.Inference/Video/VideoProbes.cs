using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// What probing has found, so that no file is probed twice while its size and time of change stay. Serves several threads at a time.
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

    // Those of earlier; none where they cannot be read.
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
        return new ProbedVideo(item, known.Info, known.Reason) { IsEmpty = known.Bytes == 0 };
    }

    // `file` is what it was before it was probed.
    public void Add(ProbedFile file, ProbedVideo video)
    {
        _used[file.Path] = file with { Info = video.Info, Reason = video.Reason };
        Interlocked.Increment(ref _added);
    }

    // Those that were asked for. What could not be read is tried again another time.
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

// A file as it was when it was probed, and what was found.
internal sealed record ProbedFile(string Path, long Bytes, DateTime Modified)
{
    public VideoInfo? Info { get; init; }

    public string? Reason { get; init; }

    public static ProbedFile Of(VideoItem item) =>
        new FileInfo(item.Path) is { Exists: true } file
            ? new ProbedFile(file.FullName, file.Length, file.LastWriteTimeUtc)
            : new ProbedFile(System.IO.Path.GetFullPath(item.Path), -1, default);
}
