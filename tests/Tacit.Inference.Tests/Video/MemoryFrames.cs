using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video;

// Videos in memory with one colour per frame: all bytes of frame f of video v are `value(v, f)`.
internal sealed class MemoryFrames(Func<int, int, int> value, params int[] lengths) : IFrameStore
{
    public ImmutableArray<StoredVideo> Videos { get; } =
    [
        .. lengths.Select(
            (length, video) => new StoredVideo($"v{video}", length, 6, 8, 25) { Label = $"class {video % 2}", Source = $"s{video}" }
        ),
    ];

    public async ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        var pixels = new byte[frames.Length * 6 * 8 * 3];
        for (var i = 0; i < frames.Length; i++)
        {
            pixels.AsSpan(i * 144, 144).Fill((byte)value(video, frames.Span[i]));
        }

        return new VideoFrames(frames.Length, 6, 8, pixels);
    }

    public void Dispose() { }
}
